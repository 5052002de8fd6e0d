"""What waits for whom in everything that an owner or chair keeps, from what is on this computer."""

from collections.abc import Iterator

from securecall.rights import KEEPERS
from securecall_client.acts.calls import describe
from securecall_client.acts.committing import commitments
from securecall_client.acts.exercises import list_exercises, show_exercise
from securecall_client.acts.invitations import not_joined
from securecall_client.acts.removing import removals
from securecall_client.results.common import Named
from securecall_client.results.exercises import ExerciseLine
from securecall_client.results.overview import CallWork, Overview, Unanswered, Undecided, Unseen
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.lateness import answer_state


async def keeps(session: Session) -> list[SpaceView]:
    """The coalition and calls in which this person is an owner or chair."""
    views = [await session.view(space) for space in session.spaces()]
    return [view for view in views if view.chain.heads and view.is_in() and _is_keeper(view)]


async def overview(session: Session) -> Overview:
    """What waits, in every call that one keeps. Raises: ProofError."""
    kept = await keeps(session)
    calls = [await _work(session, view) for view in kept if view.chain.kind == "call" and not view.chain.destroyed]
    coalition = [view for view in kept if view.chain.kind == "coalition"]
    return Overview(
        calls=sorted(calls, key=lambda call: (call.state != "open", call.starts, call.call)),
        invitations=[line for view in coalition for line in not_joined(session, view)],
    )


def _is_keeper(view: SpaceView) -> bool:
    return view.me is not None and view.me.role in KEEPERS


async def _work(session: Session, view: SpaceView) -> CallWork:
    call, exercises = describe(view, session.member), (await list_exercises(session, view.space.hex())).exercises
    return CallWork(
        call=call.call,
        title=call.title,
        starts=call.starts,
        state=call.state,
        members=len(call.members),
        invitations=not_joined(session, view),
        unanswered=[line for each in exercises if (line := await _unanswered(session, view, each)) is not None],
        undecided=[line for each in exercises for line in _undecided(view, each)],
        overdue=[line for line in commitments(view) if line.state == "late"],
        unseen=[
            Unseen(place=one.place, removed=one.receipt.removed, at=one.receipt.at, by=one.receipt.new_key_not_seen_by)
            for one in await removals(session, call.call)
            if one.receipt.new_key_not_seen_by
        ],
    )


async def _unanswered(session: Session, view: SpaceView, line: ExerciseLine) -> Unanswered | None:
    if line.state != "open":
        return None
    shown = await show_exercise(session, view.space.hex(), line.exercise)
    if not shown.waiting:
        return None
    missing = [Named(name=one.name) for one in shown.waiting]
    return Unanswered(exercise=line.exercise, title=line.title, answered=len(shown.answered), missing=missing)


def _undecided(view: SpaceView, line: ExerciseLine) -> Iterator[Undecided]:
    """The newest answer of each person where it came too late and nobody has decided on it."""
    state, exercise = view.state, bytes.fromhex(line.exercise)
    for (of, author), given in state.answers.items():
        origin, answer = given[-1]
        if of != exercise or not answer.questions or origin.seq in state.counted:
            continue
        if answer_state(state, exercise, origin) == "late":
            yield Undecided(
                exercise=line.exercise, title=line.title, answer=origin.record.hex(), name=state.name(author)
            )
