"""The fold of a call's other written parts: agenda, discussion, minutes, decisions, commitments (protocol 8.3.2). Pure.

Whoever was not given what a record speaks of (a guest who came later) cannot judge that, and lets it pass.
"""

from dataclasses import replace
from datetime import date
from typing import Literal

from securecall.rights import KEEPERS, Circle
from securecall.sentences import sentence
from securecall.state import Step
from securecall_client import parts
from securecall_client.results.decisions import CommitmentPhase
from securecall_client.work.errors import VoidError
from securecall_client.work.places import read_stored_place
from securecall_client.work.state import MinutesState, MinutesVersion, Origin, State
from securecall_client.work.values import Field, read_value
from securecall_client.work.words import read_long, read_text

LINE_BYTES = 1_024
"""Bytes in UTF-8 of a line."""
DAY = Field("by", "date", "By")
LEADING = (parts.Agenda, parts.AgendaNow, parts.Decision)
"""What owners and chairs alone may say; the rest is for all but guests."""


def take(state: State, origin: Origin, body: parts.Written) -> State:
    """Take in a record of one of these kinds. Raises: VoidError, WorkError."""
    if origin.role == "guest":
        raise VoidError("guests do not say this")
    if isinstance(body, LEADING) and origin.role not in KEEPERS:
        raise VoidError("only owners and chairs may say this")
    match body:
        case parts.Agenda():
            _check_agenda(body)
            return replace(state, agendas={**state.agendas, origin.circle: (origin, body)})
        case parts.AgendaNow():
            return replace(state, agenda_now={**state.agenda_now, origin.circle: (origin, body.point)})
        case parts.Message():
            return _message(state, origin, body)
        case parts.Minutes():
            return _minutes(state, origin, body)
        case parts.Pen():
            return _pen(state, origin, body)
        case parts.Decision():
            return _decision(state, origin, body)
        case parts.Commitment():
            return _commitment(state, origin, body)
        case parts.CommitmentState():
            return _commitment_state(state, origin, body)


def lay_down(state: State, step: Step) -> State:
    """After an entry: who is no longer in the space, or a guest by now, has no pen and presents nothing."""
    if step.roster is None or not (state.minutes or state.presenting):
        return state
    members = step.roster.members
    writers = {member for member, there in members.items() if there.role != "guest"}
    if state.presenting and state.presenting[1].presenter not in writers:
        state = replace(state, presenting=None)
    held = {
        circle: minutes if minutes.holder in writers else replace(minutes, holder=None)
        for circle, minutes in state.minutes.items()
    }
    return replace(state, minutes=held)


def _check_agenda(body: parts.Agenda) -> None:
    if len({point.point for point in body.points}) < len(body.points):
        raise VoidError("an agenda with two points of one id")
    for point in body.points:
        _check_lines(point.title)
        _check_lines(*filter(None, (point.speaker,)))


def _check_lines(*lines: str) -> None:
    for line in lines:
        read_text(line, LINE_BYTES)


def _check_long(text: str, cap: int = parts.LONG) -> None:
    if read_long(text, cap) != text:
        raise VoidError("a text whose lines end in two ways")


def need_circle(state: State, origin: Origin, of: Circle | None, what: str) -> None:
    """Raise VoidError unless the thing that a record speaks of stands (``of`` is its circle), and for its readers."""
    if of is None and not state.unreadable:
        raise VoidError(sentence("%(what)s nothing that stands", what=what))
    if of is not None and of != origin.circle:
        raise VoidError(sentence("%(what)s what is for another circle", what=what))


def circle_of(state: State, on: parts.On) -> Circle | None:
    """The circle that reads about a thing; None if it does not stand here, and for the space, which has none."""
    match on:
        case parts.OnSpace():
            return None
        case parts.OnDocument():
            versions = state.documents.get(on.document)
            return versions[0].origin.circle if versions else None
        case parts.OnRow() | parts.OnFinding():
            exercise = state.exercises.get(on.exercise)
            return exercise[0].circle if exercise else None
        case parts.OnDecision():
            decision = state.decisions.get(on.decision)
            return decision[0].circle if decision else None


def _message(state: State, origin: Origin, body: parts.Message) -> State:
    versions = state.messages.get(body.message, ())
    if versions:
        first, said = versions[0]
        if (origin.author, origin.circle, body.on, body.reply) != (first.author, first.circle, said.on, said.reply):
            raise VoidError("another version of a message that it is not of")
    else:
        _check_new_message(state, origin, body)
    if body.text:
        _check_long(body.text)
    return replace(state, messages={**state.messages, body.message: (*versions, (origin, body))})


def _check_new_message(state: State, origin: Origin, body: parts.Message) -> None:
    if not body.text and not state.unreadable:
        raise VoidError("it takes back what was not said")
    if isinstance(body.on, parts.OnFinding):
        _check_lines(body.on.word)
        if body.on.place:
            read_stored_place(body.on.place)
    if not isinstance(body.on, parts.OnSpace):
        need_circle(state, origin, circle_of(state, body.on), sentence("a message on"))
    if body.reply == parts.NOTHING:
        return
    answered = state.messages.get(body.reply)
    need_circle(state, origin, answered[0][0].circle if answered else None, sentence("a reply to"))
    if answered and answered[0][1].on != body.on:
        raise VoidError("a reply to what was said about something else")


def _minutes(state: State, origin: Origin, body: parts.Minutes) -> State:
    _check_long(body.text, parts.MINUTES_LONG)
    now = state.minutes.get(origin.circle, MinutesState())
    if now.holder is None:
        now = _hand(now, origin, origin.author)
    version = MinutesVersion(len(now.versions) + 1, origin, body.text, with_pen=now.holder == origin.author)
    now = replace(now, versions=(*now.versions, version))
    return replace(state, minutes={**state.minutes, origin.circle: now})


def _pen(state: State, origin: Origin, body: parts.Pen) -> State:
    now = state.minutes.get(origin.circle, MinutesState())
    takes = body.holder == origin.author and (now.holder is None or origin.role in KEEPERS)
    if now.holder != origin.author and not takes:
        return state
    now = _hand(now, origin, body.holder if any(body.holder) else None)
    return replace(state, minutes={**state.minutes, origin.circle: now})


def _hand(now: MinutesState, origin: Origin, holder: bytes | None) -> MinutesState:
    """The pen goes from hand to hand, once for each time that it changes."""
    if now.holder == holder:
        return now
    return replace(now, holder=holder, pens=(*now.pens, (origin, holder)))


def _decision(state: State, origin: Origin, body: parts.Decision) -> State:
    if body.decision in state.decisions:
        raise VoidError("a decision that stands already")
    _check_long(body.text)
    _check_lines(*filter(None, (body.in_favour, body.against, body.abstained)))
    if body.supersedes != parts.NOTHING:
        need_circle(state, origin, circle_of(state, parts.OnDecision(body.supersedes)), sentence("it supersedes"))
    return replace(state, decisions={**state.decisions, body.decision: (origin, body)})


def _commitment(state: State, origin: Origin, body: parts.Commitment) -> State:
    if body.commitment in state.commitments:
        raise VoidError("a commitment that stands already")
    if any(body.member) == any(body.organisation):
        raise VoidError("a commitment of both a member and an organisation, or of neither")
    _check_long(body.what)
    read_value(DAY, body.by, stored=True)
    if body.row is not None:
        need_circle(state, origin, circle_of(state, body.row), sentence("a commitment from"))
    _need_own(state, origin, body)
    return replace(state, commitments={**state.commitments, body.commitment: (origin, body)})


def _commitment_state(state: State, origin: Origin, body: parts.CommitmentState) -> State:
    known = state.commitments.get(body.commitment)
    need_circle(state, origin, known[0].circle if known else None, sentence("it says how it stands with"))
    if known:
        _need_own(state, origin, known[1])
    given = (*state.commitment_states.get(body.commitment, ()), (origin, body))
    return replace(state, commitment_states={**state.commitment_states, body.commitment: given})


def _need_own(state: State, origin: Origin, body: parts.Commitment) -> None:
    if origin.role not in KEEPERS and not is_own(state, origin.author, body):
        raise VoidError("a commitment of somebody else's, by neither an owner nor a chair")


def is_own(state: State, member: bytes, body: parts.Commitment) -> bool:
    """Whether it is theirs, or their organisation's; guests are told no organisations and take that as given."""
    if any(body.member):
        return body.member == member
    known = state.names.get(member)
    return known is None or known.organisation == body.organisation


def point_now(state: State, circle: Circle) -> bytes | None:
    """The point of a circle's agenda at which the call is; None if at none of them."""
    agenda, now = state.agendas.get(circle), state.agenda_now.get(circle)
    there = {point.point for point in agenda[1].points} if agenda else set()
    return now[1] if now and now[1] in there else None


def is_open(state: State, commitment: bytes) -> bool:
    """Whether a commitment is neither done nor dropped."""
    return _said_of(state, commitment) == "open"


def commitment_phase(state: State, body: parts.Commitment, today: date) -> CommitmentPhase:
    """How a commitment stands: what was said of it, else by the calendar of whoever looks."""
    said = _said_of(state, body.commitment)
    if said != "open":
        return said
    return "late" if date.fromisoformat(body.by) < today else "due"


def _said_of(state: State, commitment: bytes) -> Literal["open", "done", "dropped"]:
    said = state.commitment_states.get(commitment)
    return said[-1][1].state if said else "open"
