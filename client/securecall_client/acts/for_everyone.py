"""What is for everyone in a call, to be shown on a screen that others look at, whoever they are.

It is folded from what is sealed to everyone alone, with the keys of a guest who was there from the beginning. So what
is for allies cannot stand on it, whatever a page does with it, and people are called what guests call them.
"""

from securecall_client.acts.agenda import agendas
from securecall_client.acts.calls import code_of, the_call
from securecall_client.acts.parties import draw_map
from securecall_client.acts.presenting import presented
from securecall_client.acts.taking_part import latest
from securecall_client.results.presenting import Count, ForEveryone
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.lateness import phase


async def for_everyone(session: Session, call: str) -> ForEveryone:
    """As it stands. Raises: NotFoundError, ProofError."""
    whole = await the_call(session, call)
    view = whole.as_guest(min(whole.chain.starts))
    shown = presented(view)
    exercise = bytes.fromhex(shown.id) if shown.kind == "map" else b""
    sealed = view.state.is_sealed(exercise)
    draws = bool(exercise) and not sealed
    return ForEveryone(
        call=view.space.hex(),
        title=view.state.call.title if view.state.call else view.state.title,
        code=code_of(view).code if view.state.roll_calls else "",
        agenda=next(iter(agendas(view)), None),
        presented=shown,
        counts=[_count(view, each) for each in view.state.exercises if phase(view.state, each) == "open"],
        drawn=draw_map(view, view.state.exercises[exercise][1]) if draws else None,
        sealed=sealed,
    )


def _count(view: SpaceView, exercise: bytes) -> Count:
    sealed = view.state.is_sealed(exercise)
    sent = {origin.author for origin, _ in view.state.sealed[exercise].answers} if sealed else ()
    return Count(
        exercise=exercise.hex(),
        title=template.parse(view.state.exercises[exercise][1].template).title,
        answers=len(sent) if sealed else len(latest(view, exercise)),
        sealed=sealed,
    )
