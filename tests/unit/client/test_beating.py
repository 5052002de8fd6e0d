"""The beats of many devices by themselves: what makes one fresh, what confirms, and how a crowd keeps up (S09, S32)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securecall import entries as e
from securecall.beats import Beat, read_beat
from securecall_client.beating import CROWD, CROWDED_PACE, PACE, PATIENCE, Beating, may_beat, pace
from securecall_keys.beats import BeatText, open_beat, seal_beat
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.secret import Secret
from tests.world import make_device, seed

KEYS = EpochKeys.from_seed(seed("call"), 1, Secret(seed("epoch")))


@dataclass
class Room:
    """As much of a view as beats look at: a call in which everybody has one device and the same chain."""

    devices: list[DeviceKeys]
    due: bool = False
    closed: int | None = None
    kind: str = "call"
    destroyed: bool = False
    inside: bool = True
    space: bytes = seed("call")
    ring: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(epoch=lambda _: KEYS))

    @cached_property
    def chain(self) -> SimpleNamespace:
        people = {member_of(device): None for device in self.devices}
        roster = SimpleNamespace(
            due=self.due, members=people, recipients=lambda: {device.id: "seed" for device in self.devices}
        )
        seen = e.Seen(7, seed("head"))
        return SimpleNamespace(kind=self.kind, destroyed=self.destroyed, epoch=1, roster=roster, seen=lambda: seen)

    @property
    def state(self) -> SimpleNamespace:
        return SimpleNamespace(closed=self.closed)

    def is_in(self) -> bool:
        return self.inside

    def lacks_key(self) -> None:
        return None


def member_of(device: DeviceKeys) -> bytes:
    return seed("member", device.id)


def room_of(count: int) -> tuple[Room, list[Beating]]:
    devices = [make_device("room", number) for number in range(count)]
    return Room(devices), [Beating(member_of(one), one, Random(number)) for number, one in enumerate(devices)]


def beat_of(data: bytes) -> Beat:
    return read_beat(data).value


def text_of(data: bytes) -> BeatText:
    return open_beat(beat_of(data), KEYS)


@pytest.fixture
def pair() -> tuple[Room, Beating, Beating]:
    room, (amina, ben) = room_of(2)
    return room, amina, ben


def say(room: Room, by: Beating, now: float) -> bytes:
    return by.say(room, now, 100)  # type: ignore[arg-type]  # a room has what beats look at


def hear(room: Room, by: Beating, data: bytes, now: float):
    return by.hear(room, beat_of(data), now)  # type: ignore[arg-type]  # as above


def company(room: Room, by: Beating, now: float) -> int:
    return len(by.company(room, now))  # type: ignore[arg-type]  # as above


def test_only_an_answer_confirms_and_shows_somebody(pair: tuple[Room, Beating, Beating]) -> None:
    room, amina, ben = pair
    assert hear(room, amina, say(room, ben, 0), 0) is None
    assert company(room, amina, 0) == 0, "it may have been recorded"
    hear(room, ben, say(room, amina, 10), 10)
    echo = hear(room, amina, say(room, ben, 20), 20)
    assert echo is not None
    assert (echo.seen, echo.minute) == (7, 100)
    assert company(room, amina, 20) == 1


def test_s09_an_answer_that_comes_too_late_or_twice_is_none(pair: tuple[Room, Beating, Beating]) -> None:
    room, amina, ben = pair
    hear(room, ben, say(room, amina, 0), 0)
    answer = say(room, ben, 1)
    late = PATIENCE * PACE
    other_amina = Beating(member_of(make_device("room", 0)), make_device("room", 0), Random(0))
    say(room, other_amina, 0)
    assert hear(room, other_amina, answer, late - 1) is not None
    assert hear(room, other_amina, answer, late - 1) is None
    assert hear(room, amina, answer, late) is None
    assert company(room, amina, late) == 0
    new = Beating(member_of(make_device("room", 0)), make_device("room", 0), Random(9))
    say(room, new, 0)
    assert hear(room, new, answer, 2) is None, "a program that has just begun asked nothing of it"


def test_s09_a_chain_of_answers_grows_no_younger() -> None:
    """Recorded beats that answer each other show nobody once the first of ours in the chain is old."""
    room, (amina, ben, chi, dia) = room_of(4)
    hear(room, ben, say(room, amina, 0), 0)
    answer = say(room, ben, 0)
    hear(room, chi, answer, 0)
    second = say(room, chi, 0)
    hear(room, dia, second, 0)
    third = say(room, dia, 0)
    step = PATIENCE * PACE / 2
    hear(room, amina, answer, step)
    assert hear(room, amina, second, 2 * step) is None, "that somebody answered others confirms nothing of ours"
    assert company(room, amina, 2 * step) == 2
    hear(room, amina, third, 3 * step)
    assert company(room, amina, 3 * step) == 1, "the second is there still; the first has gone, the third never came"


def test_one_s_own_second_device_confirms_nothing() -> None:
    room, (amina, ben) = room_of(2)
    second = Beating(member_of(make_device("room", 0)), make_device("room", 1), Random(5))
    hear(room, second, say(room, amina, 0), 0)
    assert text_of(say(room, second, 1)).heard == [], "nor is it asked to"
    ours = say(room, amina, 2)
    text = BeatText(seed("nonce")[:16], [text_of(ours).nonce], 100, here=True, writing=False)
    answer = seal_beat(
        msgspec.structs.replace(beat_of(ours).header, device=room.devices[1].id), text, KEYS, room.devices[1]
    )
    assert hear(room, amina, answer, 2) is None, "though it answers unasked"
    assert not amina.is_confirmed(room, 2)  # type: ignore[arg-type]  # as above
    hear(room, ben, ours, 2)
    assert hear(room, amina, say(room, ben, 3), 3) is not None


def test_a_beat_is_due_at_its_pace_and_nowhere_else(pair: tuple[Room, Beating, Beating]) -> None:
    room, amina, _ = pair
    assert amina.due(room) <= 0  # type: ignore[arg-type]  # as above
    say(room, amina, 5)
    assert amina.due(room) == 5 + PACE  # type: ignore[arg-type]  # as above
    ends = {"due": True}, {"closed": 3}, {"kind": "coalition"}, {"destroyed": True}, {"inside": False}
    for shut in (Room(room.devices, **how) for how in ends):
        assert not may_beat(shut)  # type: ignore[arg-type]  # as above
        assert amina.due(shut) == float("inf")  # type: ignore[arg-type]  # as above
        assert amina.wakes(shut, 5) == float("inf")  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(("count", "seconds"), [(CROWD - 1, PACE), (CROWD, CROWDED_PACE)])
def test_many_devices_beat_half_as_often(count: int, seconds: float) -> None:
    assert pace(Room([make_device("room", number) for number in range(count)])) == seconds  # type: ignore[arg-type]  # as above


def paces(everybody: list[Beating], seconds: float, count: int) -> Iterator[tuple[float, Beating]]:
    """Who beats when: each at their own moment of a pace, that moment being drawn once."""
    offsets = [Random(number).uniform(0, seconds) for number in range(len(everybody))]
    turns = [(at + n * seconds, number) for n in range(count) for number, at in enumerate(offsets)]
    return ((at, everybody[number]) for at, number in sorted(turns))


@pytest.mark.slow
def test_in_a_crowd_everybody_is_seen_and_confirmed_by_some_although_a_beat_names_eight() -> None:
    room, everybody = room_of(CROWD + 5)
    lonely = 0
    for at, speaker in paces(everybody, CROWDED_PACE, 5):
        data = say(room, speaker, at)
        assert len(text_of(data).heard) <= 8
        for other in everybody:
            hear(room, other, data, at)
        if at > 3.5 * CROWDED_PACE:
            lonely += sum(company(room, other, at) < CROWD + 4 for other in everybody[:5])
            assert all(other.is_confirmed(room, at) for other in everybody[:5])  # type: ignore[arg-type]  # as above
    assert lonely == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 20), st.sets(st.integers(0, 4))), max_size=40), st.randoms())
def test_s32_lines_that_lose_reorder_and_repeat_make_nobody_appear_who_is_not_there(
    turns: list[tuple[int, float, set[int]]], chance: Random
) -> None:
    """Whoever is shown has made a beat within the time that is allowed; whatever was lost, late or twice."""
    room, everybody = room_of(5)
    now, made, sent = 0.0, dict.fromkeys(range(5), float("-inf")), []
    for speaker, pause, hearers in turns:
        now += pause
        sent.append(say(room, everybody[speaker], now))
        made[speaker] = now
        for hearer in hearers:
            hear(room, everybody[hearer], chance.choice(sent), now)
        for hearer, shown in enumerate(everybody):
            for member in shown.company(room, now):  # type: ignore[arg-type]  # as above
                number = next(n for n, device in enumerate(room.devices) if member_of(device) == member)
                assert number != hearer
                assert now - made[number] <= 2 * PATIENCE * PACE
