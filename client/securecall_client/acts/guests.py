"""What guests of a call are told and may see: names that stand for people, what is said again, the end of a stay."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from securecall.sentences import sentence
from securecall_client import clock, content, parts
from securecall_client.captions import Alias, MemberName
from securecall_client.errors import RefusedError
from securecall_client.exercise_kinds import Exercise, Started
from securecall_client.sealed_kinds import ExerciseKey, SealedExercise
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.fold_sealed import as_open
from securecall_client.work.lateness import closing
from securecall_client.work.state import Origin, State

UNKNOWN_KIND = "an organisation"
"""What guests call somebody of whose organisation no kind is known."""


async def called(
    session: Session, view: SpaceView, people: Iterable[bytes], names: Mapping[bytes, MemberName] | None = None
) -> list[Alias]:
    """What guests are to call people: the alias given to them, until then the kind of their organisation.

    ``names`` are of people who are not in the space yet. Somebody from outside the coalition, who cannot read its
    organisations, repeats what the call knows.
    """
    state = view.state
    known = {**state.names, **(names or {})}
    organisations = (await session.view(session.coalition)).state.organisations if session.in_coalition else {}

    def call(member: bytes) -> str:
        name = known.get(member)
        organisation = organisations.get(name.organisation) if name is not None else None
        kind = organisation.sort if organisation is not None else ""
        return state.aliases.get(member) or kind or state.kinds.get(member) or UNKNOWN_KIND

    return [Alias(member, call(member)) for member in sorted(people)]


def usual_end(view: SpaceView) -> int:
    """The minute at which a guest's stay ends unless somebody says otherwise: the last one of the day after the call
    starts, by this computer's calendar, or of tomorrow if that day is past.
    """
    starts = view.state.call.starts if view.state.call is not None else 0
    day = clock.at(max(starts, clock.now())).astimezone().date()
    last = datetime.combine(day + timedelta(days=1), time(23, 59)).astimezone()
    return int(last.timestamp() // 60)


def end_of_stay(view: SpaceView, until: datetime | None) -> int:
    """The minute at which a guest's stay ends, if somebody says when. Raises: RefusedError if that is past."""
    if until is None:
        return usual_end(view)
    if until.timestamp() <= clock.now():
        raise RefusedError("That time is past: the stay would be over before it begins.", code="bad-end")
    return int(until.timestamp() // 60)


async def say_again(session: Session, view: SpaceView) -> None:
    """Say for guests who have just come what they must know, unless it is said already (protocol 8.3).

    Raises: RefusedError, ProofError.
    """
    guests = [member for member in view.chain.roster.members.values() if member.role == "guest"]
    came = max((view.chain.starts[guest.since] for guest in guests), default=-1)
    for first, said in _to_repeat(view.state):
        if max(first, view.state.again.get(first, -1)) < came:
            await session.writer.write(view.space, content.Again(first, said), "everyone")
    presenting = _told_presenting(view.state)
    if presenting is not None and presenting[0].seq < came:
        await session.writer.write(view.space, presenting[1], "everyone")


def _told_presenting(state: State) -> tuple[Origin, parts.Presenting] | None:
    """What guests are told of who presents; of what is for allies nothing."""
    if state.presenting is None or state.presenting[0].circle == "everyone":
        return state.presenting
    origin, said = state.presenting
    return origin, parts.Presenting(said.presenter, None)


def _to_repeat(state: State) -> Iterator[tuple[int, content.CallInfo | Started | ExerciseKey]]:
    """Place and words of what a guest must know: title, times, link, and open exercises for everyone, with the keys of
    sealed ones. One that is sealed no more is an exercise like any other to them.
    """
    if state.call is not None:
        yield state.call_at, state.call
    for origin, exercise in state.exercises.values():
        if origin.circle != "everyone" or closing(state, exercise.exercise) is not None:
            continue
        yield origin.seq, as_open(state, exercise) or exercise
        if state.is_sealed(exercise.exercise):
            for first, (key, _) in sorted(state.sealed[exercise.exercise].keys.items()):
                if first != origin.seq:
                    yield first, ExerciseKey(exercise.exercise, key)


async def as_guest(session: Session, view: SpaceView) -> SpaceView:
    """As `guests_view`; says whose it is."""
    stays = _stays(view)
    if not stays:
        session.say.line(
            sentence("There is no guest in this call. This is what somebody who is let in as one now would see.")
        )
    elif len(stays) > 1:
        session.say.line(sentence("The guests came at different times; this is what the one who came first sees."))
    return await guests_view(session, view)


def _stays(view: SpaceView) -> set[int]:
    """The epochs in which the guests of a call came."""
    return {member.since for member in view.chain.roster.members.values() if member.role == "guest"}


async def guests_view(session: Session, view: SpaceView) -> SpaceView:
    """The call as a guest sees it now, folded with that guest's keys and bytes alone.

    Of several guests it is the one who has been in longest; without one, somebody who were let in now.
    """
    stays = _stays(view)
    if stays:
        return view.as_guest(min(stays))
    aliases = await called(session, view, view.chain.roster.members)
    repeated = [said for _, said in _to_repeat(view.state)]
    exercises = [said for said in repeated if isinstance(said, Exercise | SealedExercise)]
    told = State(
        title=view.state.title,
        kinds={alias.member: alias.alias for alias in aliases},
        call=view.state.call,
        presenting=_told_presenting(view.state),
        exercises={said.exercise: (view.state.exercises[said.exercise][0], said) for said in exercises},
        sealed={
            said.exercise: replace(view.state.sealed[said.exercise], answers=())
            for said in exercises
            if isinstance(said, SealedExercise)
        },
    )
    return view.as_guest(view.chain.epoch + 1, told)
