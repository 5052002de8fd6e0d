"""Drafts of answers: kept on this computer alone, sent only when their person says so."""

import json
from dataclasses import dataclass

from securecall_client import clock
from securecall_client.acts import on_behalf
from securecall_client.acts.calls import the_call
from securecall_client.acts.exercises import answer_exercise, the_exercise
from securecall_client.drafts import Draft, Drafts, Place
from securecall_client.errors import NotFoundError
from securecall_client.own import damaged
from securecall_client.results.drafts import DraftDropped, DraftShown
from securecall_client.results.exercises import Answered
from securecall_client.session import Session
from securecall_client.work.errors import RowsError
from securecall_client.work.rows import Raw, read_answer
from securecall_client.work.template import Template, parse


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the draft of one answer. Needs no session and no turn at the profile, so that typing holds up nobody."""

    drafts: Drafts
    place: Place
    asks: Template

    def load(self) -> Raw | None:
        """What was typed so far, by question; None for nothing. Raises: ProfileError, FileError."""
        draft = self.drafts.load(self.place)
        return None if draft is None else _raw(draft)

    def save(self, raw: Raw) -> None:
        """Keep it; durable when this returns. Raises: RefusedError if it is too long, FileError."""
        # TOML has days of its own, which JSON writes as text.
        self.drafts.save(self.place, json.dumps(raw, ensure_ascii=False, default=str))

    def drop(self) -> bool:
        """Forget it. Returns whether there was one."""
        return self.drafts.drop(self.place)


async def keeper(session: Session, call: str, exercise: str, org: str | None = None) -> Keeper:
    """What keeps the draft of one's answer to an exercise, or of one on behalf of an organisation.

    Raises: NotFoundError; as `on_behalf.organisation_for`.
    """
    view = await the_call(session, call)
    _, body = the_exercise(view, exercise)
    organisation = b""
    if org is not None:
        organisation = (await on_behalf.organisation_for(session, call, exercise, org)).organisation
    return Keeper(session.drafts, Place(view.space, body.exercise, organisation), parse(body.template))


async def save_draft(session: Session, call: str, exercise: str, raw: Raw) -> DraftShown:
    """Keep what a file holds as one's draft; it need not be whole. Raises: NotFoundError, RefusedError, FileError."""
    (await keeper(session, call, exercise)).save(raw)
    return await show_draft(session, call, exercise)


async def show_draft(session: Session, call: str, exercise: str) -> DraftShown:
    """One's draft. Raises: NotFoundError, ProfileError."""
    kept = await keeper(session, call, exercise)
    draft = _there(kept)
    return DraftShown(
        exercise=kept.place.exercise.hex(),
        title=kept.asks.title,
        saved_at=clock.iso(draft.minute * 60),
        questions=dict(_raw(draft)),
        problem=_problem(_raw(draft), kept.asks),
    )


async def send_draft(session: Session, call: str, exercise: str) -> Answered:
    """Give one's draft as one's answer. It goes once the answer is safe, but for one that came late.

    Raises: NotFoundError, RowsError; as `exercises.answer_exercise`.
    """
    kept = await keeper(session, call, exercise)
    answered = await answer_exercise(session, call, exercise, read_answer(_raw(_there(kept)), kept.asks))
    if answered.state != "late":
        kept.drop()
    return answered


async def drop_draft(session: Session, call: str, exercise: str) -> DraftDropped:
    """Forget one's draft. Raises: NotFoundError (no such exercise)."""
    kept = await keeper(session, call, exercise)
    return DraftDropped(exercise=kept.place.exercise.hex(), title=kept.asks.title, dropped=kept.drop())


def _there(kept: Keeper) -> Draft:
    draft = kept.drafts.load(kept.place)
    if draft is None:
        raise NotFoundError(
            "You have no draft for this exercise on this computer.",
            hint="What you type with “securecall exercise answer” is kept as one until it is sent.",
        )
    return draft


def _raw(draft: Draft) -> Raw:
    try:
        raw: object = json.loads(draft.text)
    except (ValueError, RecursionError) as error:
        raise damaged() from error
    if not isinstance(raw, dict):
        raise damaged()
    return raw


def _problem(raw: Raw, asks: Template) -> str | None:
    try:
        read_answer(raw, asks)
    except RowsError as error:
        return str(error)
    return None
