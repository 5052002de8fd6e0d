"""What people commit themselves to in a call: who does what by when, and what became of it (protocol 8.3.2)."""

from typing import Literal

from nacl.utils import random

from securecall.rights import KEEPERS, Circle
from securecall.sentences import Sentence, sentence
from securecall.wire import ZERO
from securecall_client import clock, content, parts
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.organisations import find_organisation
from securecall_client.acts.parties import organisation_name
from securecall_client.acts.rights import need_no_guest, need_standing
from securecall_client.acts.typed import day, long_text
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.exercise_kinds import AnswerFor
from securecall_client.results.decisions import CommitmentLine, CommitmentPhase, Commitments, Committed
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import find
from securecall_client.work.fold_parts import commitment_phase, is_own
from securecall_client.work.things import find_row, read_row, typed_as


async def list_commitments(session: Session, call: str) -> Commitments:
    """What people committed themselves to. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    return Commitments(call=view.space.hex(), title=view.state.title, commitments=commitments(view))


def commitments(view: SpaceView) -> list[CommitmentLine]:
    """As they are shown, the earliest day first."""
    known = view.state.commitments.values()
    lines = [
        CommitmentLine(
            commitment=body.commitment.hex(),
            what=body.what,
            who=_who(view, body),
            member=body.member.hex() if any(body.member) else None,
            org=view.state.org(body.member) if any(body.member) else organisation_name(view, body.organisation),
            by=body.by,
            state=_phase(view, body),
            circle=origin.circle,
            row=typed_as(body.row) if body.row else None,
            name=view.state.name(origin.author),
        )
        for origin, body in known
    ]
    return sorted(lines, key=lambda line: line.by)


def _phase(view: SpaceView, body: parts.Commitment) -> CommitmentPhase:
    return commitment_phase(view.state, body, clock.at(clock.now()).astimezone().date())


async def commit(
    session: Session, call: str, what: str, *, by: str, who: str, org: str, row: str, circle: Circle | None
) -> Committed:
    """Put a commitment down: one's own, or as owner or chair that of ``who`` or of the organisation ``org``.

    From a ``row``, whoever gave it commits themselves to it, and it is for that row's circle.

    Raises: NotFoundError, TextError, RefusedError, ProofError.
    """
    view = await the_call(session, call)
    need_standing(view)
    need_no_guest(session, view, sentence("commit themselves here"))
    member, organisation, on, of = ZERO, parts.NOTHING, None, circle or "allies"
    if row:
        on, member, organisation, words = _from_row(view, row.removeprefix("row:"))
        what, of = what or words, view.state.exercises[on.exercise][0].circle
        if circle not in (of, None):
            raise RefusedError(
                sentence("That row is for %(of)s, and so is what comes of it. Nothing was saved.", of=Sentence(of)),
                code="other-circle",
            )
    if who:
        member, organisation = find_member(view, who), parts.NOTHING
    elif org:
        member, organisation = ZERO, find_organisation(await session.view(session.coalition), org).organisation
    elif not row:
        member = session.member
    body = parts.Commitment(
        random(16),
        long_text("commitment", what),
        member,
        organisation,
        day(sentence("day by which it is done"), by),
        on,
    )
    _need_own(session, view, body)
    return await _say(session, view, body, body, of)


async def say_state(
    session: Session, call: str, commitment: str, state: Literal["open", "done", "dropped"]
) -> Committed:
    """Say what became of a commitment: whoever's it is, and owners and chairs. Raises: as `commit`."""
    view = await the_call(session, call)
    need_standing(view)
    need_no_guest(session, view, sentence("say what became of it"))
    known = view.state.commitments
    origin, body = known[
        find(sentence("commitment"), commitment, {each: said.what for each, (_, said) in known.items()})
    ]
    _need_own(session, view, body)
    return await _say(session, view, body, parts.CommitmentState(body.commitment, state), origin.circle)


def _from_row(view: SpaceView, typed: str) -> tuple[parts.OnRow, bytes, bytes, str]:
    """A row, the member or organisation that gave it, and what it says."""
    on = read_row(view.state, typed)
    found = find_row(view.state, on)
    if found is None:
        raise NotFoundError("That row is not here.")
    origin, answer, words = found
    if isinstance(answer, AnswerFor):
        return on, ZERO, answer.organisation, words
    return on, origin.author, parts.NOTHING, words


def _need_own(session: Session, view: SpaceView, body: parts.Commitment) -> None:
    if session.role_in(view) not in KEEPERS and not is_own(view.state, session.member, body):
        raise RefusedError(
            sentence(
                "That is a commitment of %(who)s: they, and owners and chairs of the call, have a say "
                "over it. Nothing was saved.",
                who=_who(view, body),
            ),
            code="no-right",
        )


async def _say(
    session: Session, view: SpaceView, commitment: parts.Commitment, body: content.Body, circle: Circle
) -> Committed:
    _, saved = await session.writer.write(view.space, body, circle)
    return Committed(
        commitment=commitment.commitment.hex(),
        what=commitment.what,
        who=_who(view, commitment),
        by=commitment.by,
        state=_phase(await session.view(view.space), commitment),
        saved=saved,
    )


def _who(view: SpaceView, body: parts.Commitment) -> str:
    return view.state.name(body.member) if any(body.member) else organisation_name(view, body.organisation)
