"""What waits in the outbox and what else was asked for, since when and why, in words (protocol 8)."""

from collections.abc import Mapping
from typing import NamedTuple

from securecall.sentences import sentence
from securecall_client import clock, content, parts, wishes
from securecall_client.confirming import is_unconfirmed
from securecall_client.exercise_kinds import Answer, AnswerFor, CloseExercise, Exercise
from securecall_client.outgoing import Outgoing, newcomers
from securecall_client.results.status import WaitingLine
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.state import State

_KINDS: Mapping[type[content.Body], str] = {
    content.CallInfo: sentence("the title and times of the call"),
    content.Close: sentence("the closing of the call"),
    CloseExercise: sentence("the end of an exercise"),
    content.Empty: sentence("a sign that this computer has the newest"),
    content.Notice: sentence("word to people who were let in"),
    content.RollCall: sentence("a roll call"),
    parts.Agenda: sentence("the agenda"),
    parts.AgendaNow: sentence("where the call is"),
    parts.Message: sentence("what you said in the discussion"),
    parts.Minutes: sentence("the minutes"),
    parts.Pen: sentence("the pen of the minutes"),
    parts.Decision: sentence("a decision"),
    parts.Commitment: sentence("a commitment"),
    parts.CommitmentState: sentence("what became of a commitment"),
}
"""What a body is called that has no name of its own."""


class _Why(NamedTuple):
    """Why something waits, with what to type, and whether it goes only once its writer says so."""

    words: str
    hint: str = ""
    held: bool = False


_TEXTS = parts.Message, parts.Minutes, parts.Decision


async def waiting(session: Session, only: bytes | None = None) -> list[WaitingLine]:
    """Everything that waits, or what waits in one space alone, oldest first.

    Raises: ProofError if the replica was tampered with.
    """
    lines, paused = [], await session.outbox.paused()
    for space, outgoing in await session.outbox.listing():
        if only is not None and space != only:
            continue
        view = await session.view(space)
        said, body = content.read(outgoing.content)
        why = _why(session, view, outgoing, paused)
        lines.append(
            WaitingLine(
                space=space.hex(),
                what=_what(body, view.state, outgoing),
                text=body.text if isinstance(body, _TEXTS) else "",
                since=clock.iso(said.minute * 60),
                why=why.words,
                hint=why.hint,
                held=why.held,
            )
        )
    wished = [await _wished(session, wish) for wish in await wishes.wishes(session)]
    return [*lines, *[line for line in wished if only is None or line.space == only.hex()]]


async def _wished(session: Session, wish: wishes.Wish) -> WaitingLine:
    """A wish to leave a space or to take somebody out of the coalition, which any sync sees to."""
    home = await session.view(session.home if wish.what == "remove" else wish.target)
    what = (
        sentence("your leaving")
        if wish.what == "leave"
        else sentence("the removal of %(target)s", target=home.state.name(wish.target))
    )
    why = sentence("The next sync does it.") if session.reached else session.line.why
    return WaitingLine(space=home.space.hex(), what=what, text="", since=clock.iso(wish.minute * 60), why=why)


def _what(body: content.Body | None, state: State, outgoing: Outgoing) -> str:
    body = content.given(body) or content.document(body) or body
    match body:
        case content.Empty() if outgoing.drops:
            return sentence("the withdrawal of a document")
        case content.Document():
            return sentence("document %(name)s", name=body.name)
        case content.Organisation():
            return sentence("organisation %(name)s", name=body.name)
        case Exercise():
            return sentence("exercise %(title)s", title=template.parse(body.template).title)
        case Answer() | AnswerFor():
            started = state.exercises.get(body.exercise)
            return (
                sentence("answer to %(title)s", title=template.parse(started[1].template).title)
                if started
                else sentence("an answer")
            )
    return sentence("a message") if body is None else _KINDS.get(type(body), sentence("a message"))


def _why(session: Session, view: SpaceView, outgoing: Outgoing, paused: frozenset[bytes]) -> _Why:
    """The first thing that stands in its way."""
    if any(ref.blob in paused for ref in outgoing.blobs):
        return _Why(sentence("It is paused."), held=True)
    if not session.reached:
        return _Why(session.line.why)
    if session.member not in view.chain.roster.members:
        return _Why(sentence("You are not in this space any more."))
    if view.chain.roster.due:
        return _Why(sentence("A computer or a person went out, so a new key must be made first; syncing makes one."))
    if view.lacks_key() is not None:
        return _Why(sentence("This computer was not given a good key to write here with."))
    came = newcomers(view, outgoing, session.writer.word(view.space))
    if came:
        names = sorted(map(view.state.name, came))
        return _Why(
            sentence("It would now reach %(names)s, who came as a guest since.", names=names),
            sentence("To send it all the same: securecall sync --to-guests."),
            held=True,
        )
    if is_unconfirmed(view, session.member) and not content.is_empty(outgoing.content):
        return _Why(
            sentence("Nobody else has confirmed for over a day what you see here."),
            sentence("To send it all the same: securecall sync --unconfirmed."),
            held=True,
        )
    return _Why(sentence("It has not been tried yet."), sentence("To send it: securecall sync."))
