"""The sections of a call's report that its state tells: context, discussion, decisions, commitments ... Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from securecall.sentences import several
from securecall_client import clock, parts
from securecall_client.text import size
from securecall_client.work.fold_parts import commitment_phase
from securecall_client.work.places import name as place_name
from securecall_client.work.report import Block, Heading, Paragraph, Points, table
from securecall_client.work.report_cast import Cast
from securecall_client.work.state import Messages, Origin, State
from securecall_client.work.things import told

QUESTION_MARKS = ("?", "\uff1f", "\u061f", "\u037e", "\u055e", "\u1367")
"""How a question ends: Latin, full-width, Arabic, Greek, Armenian, Ethiopic."""
_CALL = "the call"


def day(seconds: float) -> str:
    """A time to the minute, in UTC."""
    return f"{clock.at(seconds):%Y-%m-%d %H:%M} UTC"


def when(cast: Cast, origin: Origin) -> str:
    """When something was said, by its author's clock; without names the day alone, since a minute tells who it was."""
    return day(origin.minute * 60) if cast.who == "named" else f"{clock.at(origin.minute * 60):%Y-%m-%d}"


def said(cast: Cast, origin: Origin) -> str:
    """Who said something, and when."""
    return f"{cast.member(origin.author)}, {when(cast, origin)}"


def head(state: State, now: float) -> Iterator[str]:
    """The lines below the title."""
    if state.call is not None:
        country = place_name(state.call.country)
        yield f"Call on {country}, {day(state.call.starts)}"
        if state.call.civic_space:
            yield f"Civic space there: {state.call.civic_space}"
    if state.closed is None:
        yield "The call is open: this is how it stands now, and more may come."
    yield f"Report made {day(now)}"
    yield "For the readers of this call alone. It is not encrypted: pass it on with care."


def context(state: State, cast: Cast) -> Iterator[Block]:
    """What was put up, with what its authors say of it, and what was said about the call itself."""
    yield Heading(1, "Context")
    standing = [versions[-1] for versions in state.documents.values() if not versions[-1].withdrawn]
    if not standing:
        yield Paragraph("No documents stand in this call.", "note")
    else:
        yield table(
            ("Document", "Put up by", "When", "Size", "For"),
            (30, 26, 23, 10, 11),
            [
                (
                    each.body.name + (f" (version {each.number})" if each.number > 1 else ""),
                    cast.member(each.origin.author),
                    when(cast, each.origin),
                    size(each.body.size),
                    each.origin.circle,
                )
                for each in standing
            ],
        )
    yield from _threads(state, cast, documents=True)


def discussion(state: State, cast: Cast) -> Iterator[Block]:
    """What was said about anything but documents."""
    blocks = list(_threads(state, cast, documents=False))
    if blocks:
        yield Heading(1, "Discussion")
        yield from blocks


def _threads(state: State, cast: Cast, *, documents: bool) -> Iterator[Block]:
    threads: dict[parts.On, list[tuple[Origin, str]]] = defaultdict(list)
    for versions in state.messages.values():
        origin, text = versions[0][0], versions[-1][1].text
        on = versions[0][1].on
        if text and isinstance(on, parts.OnDocument | parts.OnSpace) is documents:
            threads[on].append((origin, text))
    for on, lines in threads.items():
        yield Heading(2, f"About {_about(state, cast, on)}")
        yield from (Paragraph(text, "quote", said(cast, origin)) for origin, text in lines)


def _about(state: State, cast: Cast, on: parts.On) -> str:
    if isinstance(on, parts.OnRow) and cast.who != "named":
        return f"a row of {cast.member(on.author)}"
    return told(state, on, _CALL)


def agenda(state: State, cast: Cast) -> Iterator[Block]:
    """What was on the agenda; who speaks to a point is a name that somebody typed, so only where names stand."""
    for _, body in state.agendas.values():
        yield Heading(1, "Agenda")
        yield table(
            ("", "Point", "Minutes", "Speaker"),
            (6, 56, 12, 26),
            [
                (str(n), point.title, str(point.minutes or ""), point.speaker if cast.who == "named" else "")
                for n, point in enumerate(body.points, 1)
            ],
        )


def minutes(state: State, cast: Cast) -> Iterator[Block]:
    """The minutes as they stand."""
    for circle, kept in state.minutes.items():
        if kept.newest is not None:
            yield Heading(1, "Minutes" if len(state.minutes) == 1 else f"Minutes, for {circle}")
            yield Paragraph(kept.newest.text, "quote", said(cast, kept.newest.origin))


def decisions(state: State, cast: Cast) -> Iterator[Block]:
    """What was decided and stands; what was superseded stands among it, said so."""
    yield Heading(1, "Decisions")
    if not state.decisions:
        yield Paragraph("None were put down.", "note")
    over = {body.supersedes for _, body in state.decisions.values()}
    for origin, body in state.decisions.values():
        yield Paragraph(body.text, "quote", said(cast, origin))
        votes = [("For", body.in_favour), ("against", body.against), ("abstained", body.abstained)]
        told_votes = "; ".join(f"{what}: {who}" for what, who in votes if who and cast.who == "named")
        if told_votes:
            yield Paragraph(told_votes, "note")
        if body.decision in over:
            yield Paragraph("A later decision stands in its place.", "note")


def commitments(state: State, cast: Cast, today: date) -> Iterator[Block]:
    """Who will do what, the earliest day first."""
    yield Heading(1, "Commitments")
    if not state.commitments:
        yield Paragraph("None were put down.", "note")
        return
    known = sorted((body for _, body in state.commitments.values()), key=lambda body: body.by)
    yield table(
        ("Who", "What", "By", "State"),
        (28, 46, 14, 12),
        [
            (
                cast.member(body.member) if any(body.member) else cast.party(body.organisation),
                body.what,
                body.by,
                commitment_phase(state, body, today),
            )
            for body in known
        ],
    )


def questions(state: State, cast: Cast) -> Iterator[Block]:
    """What was asked in the discussion and nobody has answered there."""
    yield Heading(1, "Open questions")
    answered = {body.reply for versions in state.messages.values() for _, body in versions[:1] if versions[-1][1].text}
    asked = [versions for each, versions in state.messages.items() if each not in answered and _asks(versions)]
    if not asked:
        yield Paragraph("Nothing that was asked in the discussion is without an answer there.", "note")
    for versions in asked:
        origin, body = versions[0]
        yield Paragraph(versions[-1][1].text, "quote", f"{said(cast, origin)}, about {_about(state, cast, body.on)}")


def _asks(versions: Messages) -> bool:
    return versions[-1][1].text.rstrip().endswith(QUESTION_MARKS)


def withheld(state: State, cast: Cast, more: Iterable[str]) -> Iterator[Block]:
    """What is not in this report though it was in the call, and what came otherwise than it should; ``more`` of it."""
    yield Heading(1, "What was withheld")
    lines = [*_gone(state, cast), *more]
    if lines:
        yield Points(tuple(lines))
    else:
        yield Paragraph(
            "Nothing: no document was withdrawn, no record was void or unreadable, nobody was late.", "note"
        )


def _gone(state: State, cast: Cast) -> Iterator[str]:
    for versions in state.documents.values():
        if versions[-1].withdrawn:
            by = cast.member(versions[-1].origin.author)
            yield f"The document {versions[-1].body.name}, put up by {by}, was withdrawn."
    taken_back = sum(not versions[-1][1].text for versions in state.messages.values())
    if taken_back:
        yield f"{several(taken_back, 'message')} of the discussion taken back by whoever wrote it."
    for void in state.void:
        yield f"A record of {cast.member(void.author)} does not count: {void.why}."
    if state.newer:
        yield f"{several(len(state.newer), 'record')} written by a newer SecureCall, which this one cannot read."
    if state.unreadable:
        yield f"{several(len(state.unreadable), 'record')} whose key is not held on this computer."
