"""Beats under seal: for those in the call's running epoch, and alike whatever they say (S12, S13, S32, R02)."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall import caps
from securecall import entries as e
from securecall.beats import Beat, BeatHeader, box_bytes, read_beat
from securecall.wire import encode
from securecall_keys.beats import BeatText, open_beat, seal_beat
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import fill
from securecall_keys.primitives import SEALED_OVERHEAD, seal
from securecall_keys.secret import Secret
from tests.beats import TEXT, beat_header, make_beat
from tests.world import Space, make_people, open_call, seed

AMINA, BEN, GUEST = make_people(3)
FULL = BeatText(b"\xff" * 16, sorted(seed(n)[:16] for n in range(8)), (1 << 32) - 1, here=True, writing=True)


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "member"), (GUEST, "guest"))


def keys_of(space: Space) -> EpochKeys:
    return space.ring(AMINA.device).epoch(space.chain.epoch)


def test_everyone_in_the_epoch_opens_it(call: Space) -> None:
    beat = read_beat(make_beat(call, BEN, FULL)).value
    for reader in (AMINA, BEN, GUEST):
        assert open_beat(beat, call.ring(reader.device).epoch(call.chain.epoch)) == FULL


def test_R02_who_was_removed_cannot_open_what_comes_after(call: Space) -> None:
    old = call.ring(BEN.device).epoch(call.chain.epoch)
    call.remove(AMINA, BEN)
    with pytest.raises(CannotOpenError):
        open_beat(read_beat(make_beat(call, AMINA)).value, old)


HEADERS: dict[str, object] = {
    "space": seed("other"),
    "epoch": 7,
    "author": BEN.member,
    "device": BEN.device.id,
    "seen": e.Seen(0, seed("head")),
}


@pytest.mark.parametrize("field", HEADERS)
def test_S12_S13_a_beat_opens_under_its_own_header_alone(field: str, call: Space) -> None:
    beat = read_beat(make_beat(call, AMINA)).value
    other = Beat(msgspec.structs.replace(beat.header, **{field: HEADERS[field]}), beat.box)
    with pytest.raises(CannotOpenError):
        open_beat(other, keys_of(call))


def test_S13_the_key_is_that_of_beats_alone(call: Space) -> None:
    keys = keys_of(call)
    names = [keys.beat_key(), keys.record_key("everyone"), keys.entry_key("everyone"), keys.everyone]
    assert len({key.expose() for key in names}) == len(names)


@given(
    st.builds(
        BeatText,
        st.binary(min_size=16, max_size=16),
        st.sets(st.binary(min_size=16, max_size=16), max_size=caps.HEARD_PER_BEAT).map(sorted),
        st.integers(0, (1 << 32) - 1),
        st.booleans(),
        st.booleans(),
    ),
    st.integers(0, (1 << 32) - 1),
)
def test_S32_all_beats_have_one_size_whatever_they_say(text: BeatText, number: int) -> None:
    keys = EpochKeys.from_seed(seed("space"), number, Secret(seed("epoch")))
    header = BeatHeader(seed("space"), number, AMINA.member, AMINA.device.id, e.Seen(number, seed("head")))
    data = seal_beat(header, text, keys, AMINA.device)
    assert len(data) == caps.BEAT_BYTES
    assert open_beat(read_beat(data).value, keys) == text


def spoilt(space: Space, plaintext: bytes) -> Beat:
    header = beat_header(space, AMINA)
    return Beat(header, seal(keys_of(space).beat_key(), plaintext, encode(header)))


def test_a_member_s_wrong_padding_is_no_beat(call: Space) -> None:
    size = box_bytes(beat_header(call, AMINA)) - SEALED_OVERHEAD
    good = fill(encode(TEXT), size)
    assert open_beat(spoilt(call, good), keys_of(call)) == TEXT
    disorder = msgspec.structs.replace(TEXT, heard=[b"b" * 16, b"a" * 16])
    twice = msgspec.structs.replace(TEXT, heard=[b"a" * 16, b"a" * 16])
    for plaintext in (
        good[:-1] + b"\x01",
        bytes(4) + good[4:],
        b"\xff" * size,
        fill(encode(TEXT) + b"\x00", size),
        fill(b"", size),
        fill(encode(disorder), size),
        fill(encode(twice), size),
    ):
        with pytest.raises(CannotOpenError):
            open_beat(spoilt(call, plaintext), keys_of(call))
