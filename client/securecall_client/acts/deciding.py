"""Decisions of a call: put down by its owners and chairs, superseded by later ones, never removed (protocol 8.3.2)."""

from nacl.utils import random

from securecall.rights import Circle
from securecall.sentences import Sentence, sentence
from securecall_client import clock, parts
from securecall_client.acts.named import the_call
from securecall_client.acts.rights import need_keeper, need_standing
from securecall_client.acts.typed import line_text, long_text
from securecall_client.errors import RefusedError
from securecall_client.results.decisions import Decided, DecisionLine, Decisions
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import find


async def list_decisions(session: Session, call: str) -> Decisions:
    """The decisions of a call. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    return Decisions(call=view.space.hex(), title=view.state.title, decisions=decisions(view))


def decisions(view: SpaceView) -> list[DecisionLine]:
    """As they are shown, oldest first."""
    known = view.state.decisions
    later = {body.supersedes: body.decision for _, body in known.values() if body.supersedes != parts.NOTHING}
    return [
        DecisionLine(
            decision=body.decision.hex(),
            text=body.text,
            in_favour=body.in_favour,
            against=body.against,
            abstained=body.abstained,
            circle=origin.circle,
            name=view.state.name(origin.author),
            at=clock.iso(origin.minute * 60),
            supersedes=None if body.supersedes == parts.NOTHING else body.supersedes.hex(),
            superseded_by=later[body.decision].hex() if body.decision in later else None,
        )
        for origin, body in known.values()
    ]


async def decide(
    session: Session,
    call: str,
    text: str,
    *,
    in_favour: str,
    against: str,
    abstained: str,
    supersedes: str,
    circle: Circle | None,
) -> Decided:
    """Put a decision down; one that supersedes another is for the same circle, else for allies unless told.

    Raises: NotFoundError, TextError, RefusedError, ProofError.
    """
    view = await the_call(session, call)
    need_standing(view)
    need_keeper(session, view, sentence("put decisions down"))
    before, of = parts.NOTHING, circle or "allies"
    if supersedes:
        before = find_decision(view, supersedes)
        of = view.state.decisions[before][0].circle
        if circle not in (of, None):
            raise RefusedError(
                sentence(
                    "The decision that this one supersedes is for %(of)s, and so is this. Nothing was saved.",
                    of=Sentence(of),
                ),
                code="other-circle",
            )
    body = parts.Decision(
        random(16),
        long_text("decision", text),
        line_text(sentence("list of those in favour"), in_favour, optional=True),
        line_text(sentence("list of those against"), against, optional=True),
        line_text(sentence("list of those who abstained"), abstained, optional=True),
        before,
    )
    _, saved = await session.writer.write(view.space, body, of)
    return Decided(decision=body.decision.hex(), circle=of, saved=saved)


def find_decision(view: SpaceView, typed: str) -> bytes:
    """The decision that ``typed`` names by its id or its text. Raises: NotFoundError."""
    return find(sentence("decision"), typed, {each: body.text for each, (_, body) in view.state.decisions.items()})
