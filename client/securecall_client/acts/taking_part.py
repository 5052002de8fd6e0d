"""Who takes part in an exercise, and which of their answers count (protocol 8.3)."""

from collections.abc import Sequence
from typing import TypeVar

from securecall.rights import Circle
from securecall_client.exercise_kinds import Answer, AnswerFor, Given
from securecall_client.results.exercises import Participant
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.state import Origin, Sealing

Answers = list[tuple[Origin, Given]]
G = TypeVar("G", Answer, AnswerFor)


def latest(view: SpaceView, exercise: bytes) -> Answers:
    """The newest answer of everybody who has not taken it back, in the order of their places; one on behalf of an
    organisation stands only while none of its own people has said anything.
    """
    return _newest(view, exercise, set_aside=True)


def counting(view: SpaceView, exercise: bytes) -> Answers:
    """As `latest`, without the late answers that owners or chairs have set aside: the one before it counts, if any."""
    return _newest(view, exercise, set_aside=False)


def entered_for(view: SpaceView, exercise: bytes, organisation: bytes) -> tuple[Origin, AnswerFor] | None:
    """The answer on behalf of an organisation that counts as long as none of its own people says anything, if any."""
    given = view.state.answers_for.get((exercise, organisation), ())
    standing = _standing(view, given, set_aside=False)
    return standing[0] if standing and standing[0][1].questions else None


def places_of(answers: Answers) -> set[int]:
    """Where they stand."""
    return {origin.seq for origin, _ in answers}


def spoken(view: SpaceView, exercise: bytes, organisation: bytes) -> list[str]:
    """The names of those of an organisation whose own word on an exercise stands, be it that they take it back; beside
    it nothing counts that others entered for them.
    """
    own = _own(view, exercise, set_aside=False)
    return sorted(
        view.state.name(origin.author) for origin, _ in own if view.state.organisation(origin.author) == organisation
    )


def _newest(view: SpaceView, exercise: bytes, *, set_aside: bool) -> Answers:
    own = _own(view, exercise, set_aside=set_aside)
    themselves = {view.state.organisation(origin.author) for origin, _ in own}
    entered = [
        one
        for (of, organisation), given in view.state.answers_for.items()
        if of == exercise and organisation not in themselves
        for one in _standing(view, given, set_aside=set_aside)
    ]
    return sorted((one for one in (*own, *entered) if one[1].questions), key=lambda one: one[0].seq)


def _own(view: SpaceView, exercise: bytes, *, set_aside: bool) -> Answers:
    own = (given for (of, _), given in view.state.answers.items() if of == exercise)
    return [one for given in own for one in _standing(view, given, set_aside=set_aside)]


def _standing(view: SpaceView, given: Sequence[tuple[Origin, G]], *, set_aside: bool) -> list[tuple[Origin, G]]:
    """The newest of one voice, if any; with ``set_aside`` also where it was."""
    return [one for one in given if set_aside or view.state.counted.get(one[0].seq, True)][-1:]


def own_versions(view: SpaceView, exercise: bytes) -> Answers:
    """All that this member ever answered, withdrawals too, the oldest first."""
    return list(view.state.answers.get((exercise, view.member), ()))


def participation(
    session: Session, view: SpaceView, circle: Circle, exercise: bytes
) -> tuple[list[Participant], list[Participant], list[Participant]]:
    """Of those in the call who may answer: who has answered, who was heard writing, who has not answered; by name."""
    roster = view.chain.roster.members.items()
    may = {member for member, there in roster if circle == "everyone" or there.role != "guest"}
    have = may & {origin.author for origin, given in latest(view, exercise) if isinstance(given, Answer)}
    sealing = view.state.sealed.get(exercise, Sealing())
    have |= may & {origin.author for origin, _ in sealing.answers if origin.seq not in sealing.opened}
    writing = may & session.beating(view.space).writers(view)

    def listed(members: set[bytes]) -> list[Participant]:
        people = [
            Participant(member=member.hex(), name=view.state.name(member), org=view.state.org(member))
            for member in members
        ]
        return sorted(people, key=lambda person: (person.name, person.member))

    return listed(have), listed(writing), listed(may - have)
