"""Drafts of answers: kept on this computer alone, sent only when their person says so."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from securecall_client import clock
from securecall_client.acts import on_behalf
from securecall_client.acts.exercises import answer_exercise, the_exercise
from securecall_client.acts.named import the_call
from securecall_client.drafts import Draft, Drafts, Place
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.own import damaged
from securecall_client.results.drafts import DraftDropped, DraftShown
from securecall_client.results.exercises import Answered
from securecall_client.session import Session
from securecall_client.work.errors import RowsError
from securecall_client.work.rows import Given, Raw, read_answer
from securecall_client.work.state import Answers, AnswersFor
from securecall_client.work.template import Template, parse


class When(NamedTuple):
    """When a draft was kept (ISO 8601), and whether one has given an answer since that says something else."""

    at: str
    is_older: bool


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the draft of one answer. Needs no session and no turn at the profile, so that typing holds up nobody.

    ``newest``: the minute of the newest answer that was given there, and what it says.
    """

    drafts: Drafts
    place: Place
    asks: Template
    newest: tuple[int, Given] | None

    def load(self) -> Raw | None:
        """What was typed so far, by question; None for nothing. Raises: ProfileError, FileError."""
        draft = self.drafts.load(self.place)
        return None if draft is None else _raw(draft)

    def when(self) -> When | None:
        """When it was kept; None for nothing. Raises: as `load`.

        Of two drafts that were never sent nobody can tell which is newer, once a file was put back on the disk.
        """
        draft = self.drafts.load(self.place)
        if draft is None:
            return None
        older = self.newest is not None and draft.minute < self.newest[0] and not self._says(draft, self.newest[1])
        return When(clock.iso(draft.minute * 60), older)

    def _says(self, draft: Draft, given: Given) -> bool:
        try:
            return read_answer(_raw(draft), self.asks) == given
        except RowsError:
            return False

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
    view = (await the_call(session, call)).unsealed()
    _, body = the_exercise(view, exercise)
    given: Answers | AnswersFor = view.state.answers.get((body.exercise, session.member), ())
    organisation = b""
    if org is not None:
        organisation = (await on_behalf.organisation_for(session, call, exercise, org)).organisation
        given = view.state.answers_for.get((body.exercise, organisation), ())
    newest = (given[-1][0].minute, given[-1][1].questions) if given else None
    return Keeper(session.drafts, Place(view.space, body.exercise, organisation), parse(body.template), newest)


async def save_draft(session: Session, call: str, exercise: str, raw: Raw) -> DraftShown:
    """Keep what a file holds as one's draft; it need not be whole. Raises: NotFoundError, RefusedError, FileError."""
    (await keeper(session, call, exercise)).save(raw)
    return await show_draft(session, call, exercise)


async def show_draft(session: Session, call: str, exercise: str) -> DraftShown:
    """One's draft. Raises: NotFoundError, ProfileError."""
    kept = await keeper(session, call, exercise)
    draft, when = _there(kept)
    return DraftShown(
        exercise=kept.place.exercise.hex(),
        title=kept.asks.title,
        saved_at=when.at,
        older=when.is_older,
        questions=dict(_raw(draft)),
        problem=_problem(_raw(draft), kept.asks),
    )


async def send_draft(session: Session, call: str, exercise: str) -> Answered:
    """Give one's draft as one's answer. It goes once the answer is safe, but for one that came late.

    Raises: NotFoundError, RowsError, RefusedError (a newer answer was given); as `exercises.answer_exercise`.
    """
    kept = await keeper(session, call, exercise)
    draft, when = _there(kept)
    given = read_answer(_raw(draft), kept.asks)
    if when.is_older:
        raise RefusedError(
            "You have given an answer since this draft was kept, and it says something else. Nothing was sent.",
            hint="Look at both: securecall exercise draft show, and securecall exercise show with --mine. To go on "
            "with the draft: securecall exercise answer. To forget it: securecall exercise draft drop.",
            code="older-draft",
        )
    answered = await answer_exercise(session, call, exercise, given)
    if answered.state != "late":
        kept.drop()
    return answered


async def drop_draft(session: Session, call: str, exercise: str) -> DraftDropped:
    """Forget one's draft. Raises: NotFoundError (no such exercise)."""
    kept = await keeper(session, call, exercise)
    return DraftDropped(exercise=kept.place.exercise.hex(), title=kept.asks.title, dropped=kept.drop())


def _there(kept: Keeper) -> tuple[Draft, When]:
    draft, when = kept.drafts.load(kept.place), kept.when()
    if draft is None or when is None:
        raise NotFoundError(
            "You have no draft for this exercise on this computer.",
            hint="What you type with “securecall exercise answer” is kept as one until it is sent.",
        )
    return draft, when


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
