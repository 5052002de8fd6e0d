"""What is new in the other written parts of a call, as events for whoever watches it."""

from collections.abc import Iterator

from securecall_client.acts.agenda import agendas
from securecall_client.acts.committing import commitments
from securecall_client.acts.deciding import decisions
from securecall_client.acts.discussing import message_line
from securecall_client.acts.presence import Event
from securecall_client.acts.presenting import presented
from securecall_client.view import SpaceView
from securecall_client.work.state import MinutesState, State


def news(before: State, view: SpaceView) -> Iterator[Event]:
    """What is in ``view`` and was not in the state before."""
    yield from _link(before, view.state)
    yield from _agenda(before, view)
    yield from _messages(before, view)
    yield from _minutes(before, view.state)
    yield from _decisions(before, view)
    yield from _commitments(before, view)
    yield from _presenting(before, view)


def _presenting(before: State, view: SpaceView) -> Iterator[Event]:
    was, said = ((state.presenting or (None, None))[1] for state in (before, view.state))
    now = presented(view)
    if was == said:
        if view.state.page_now != before.page_now and now.kind == "document":
            yield {"event": "page_now", "member": now.presenter, "name": now.name, "about": now.about, "page": now.page}
        return
    if now.presenter is None:
        yield {"event": "presenting_over"}
        return
    yield {
        "event": "presenting",
        "member": now.presenter,
        "name": now.name,
        "thing": now.thing,
        "about": now.about or ("the agenda" if now.kind else "nothing yet"),
        "circle": now.circle,
    }


def _link(before: State, state: State) -> Iterator[Event]:
    if state.call and before.call and state.call.link != before.call.link:
        yield {"event": "link", "link": state.call.link}


def _agenda(before: State, view: SpaceView) -> Iterator[Event]:
    state = view.state
    for agenda in agendas(view):
        if state.agendas[agenda.circle] != before.agendas.get(agenda.circle):
            yield {"event": "agenda", "name": agenda.name, "circle": agenda.circle, "points": len(agenda.points)}
        if state.agenda_now.get(agenda.circle) != before.agenda_now.get(agenda.circle):
            now = next((point for point in agenda.points if point.now), None)
            if now is None:
                yield {"event": "agenda_over", "circle": agenda.circle}
            else:
                yield {"event": "agenda_now", "circle": agenda.circle, "point": now.point, "title": now.title}


def _messages(before: State, view: SpaceView) -> Iterator[Event]:
    for message, versions in view.state.messages.items():
        if len(versions) == len(before.messages.get(message, ())):
            continue
        line = message_line(view, versions)
        event = "message_withdrawn" if not line.text else "message_changed" if line.earlier else "message"
        yield {
            "event": event,
            "message": line.message,
            "on": line.on,
            "about": line.about,
            "circle": line.circle,
            "reply": line.reply,
            "name": line.name,
            "text": line.text,
        }


def _minutes(before: State, state: State) -> Iterator[Event]:
    for circle, minutes in state.minutes.items():
        known = before.minutes.get(circle, MinutesState())
        if minutes.holder != known.holder and minutes.holder is None:
            yield {"event": "pen_down", "circle": circle}
        elif minutes.holder != known.holder and minutes.holder is not None:
            member = minutes.holder
            yield {"event": "pen", "circle": circle, "member": member.hex(), "name": state.name(member)}
        for version in minutes.versions[len(known.versions) :]:
            yield {
                "event": "minutes" if version.with_pen else "minutes_beside",
                "circle": circle,
                "version": version.number,
                "name": state.name(version.origin.author),
            }


def _decisions(before: State, view: SpaceView) -> Iterator[Event]:
    known = {decision.hex() for decision in before.decisions}
    for line in decisions(view):
        if line.decision not in known:
            yield {
                "event": "decision",
                "decision": line.decision,
                "text": line.text,
                "circle": line.circle,
                "name": line.name,
                "supersedes": line.supersedes,
            }


def _commitments(before: State, view: SpaceView) -> Iterator[Event]:
    known = {commitment.hex() for commitment in before.commitments}
    moved = {
        commitment.hex()
        for commitment, said in view.state.commitment_states.items()
        if said != before.commitment_states.get(commitment)
    }
    for line in commitments(view):
        new = line.commitment not in known
        if new or line.commitment in moved:
            yield {
                "event": "commitment" if new else "commitment_state",
                "commitment": line.commitment,
                "who": line.who,
                "what": line.what,
                "by": line.by,
                "state": line.state,
                "circle": line.circle,
            }
