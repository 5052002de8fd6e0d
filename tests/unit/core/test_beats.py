"""Beats in the clear: one size, one author, one chain, and only where they may be made (S08, S32, M12, R04)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall import caps
from securecall import entries as e
from securecall.beats import Beat, BeatHeader, box_bytes, check_beat, read_beat
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.wire import Signed, decode, encode
from tests.beats import TEXT, beat_header, make_beat
from tests.world import Space, found, make_device, make_people, make_person, open_call, seed

AMINA, BEN, CHI, GUEST = make_people(4)


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "member"), (CHI, "member"), (GUEST, "guest"))


def refusal(space: Space, beat: bytes) -> Problem:
    """Why the chain refuses a beat."""
    with pytest.raises(InvalidError) as caught:
        check_beat(space.chain, read_beat(beat))
    return caught.value.problem


@pytest.mark.parametrize("by", [AMINA, BEN, GUEST], ids=["owner", "member", "guest"])
def test_everybody_in_the_call_may_beat(by, call: Space) -> None:
    check_beat(call.chain, read_beat(make_beat(call, by)))


FORGED: dict[str, tuple[dict[str, object], Problem]] = {
    "another space": ({"space": seed("other")}, Problem.WRONG_SPACE),
    "another device than its signer": ({"device": BEN.device.id}, Problem.BAD_DEVICE),
    "a member who is not there": ({"author": seed("nobody")}, Problem.NOT_A_MEMBER),
    "another member than the device's": ({"author": BEN.member}, Problem.BAD_DEVICE),
    "a place that is not there": ({"seen": e.Seen(900, seed("head"))}, Problem.BAD_SEEN),
    "another head": ({"seen": e.Seen(2, seed("head"))}, Problem.BAD_SEEN),
    "an epoch to come": ({"epoch": 7}, Problem.BAD_EPOCH),
    "an epoch that is over": ({"epoch": 0}, Problem.BAD_EPOCH),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_a_beat_says_of_itself_is_judged(name: str, call: Space) -> None:
    fields, problem = FORGED[name]
    assert refusal(call, make_beat(call, AMINA, **fields)) is problem


def test_S08_a_fork_shows_before_anything_is_said_of_the_epoch(call: Space) -> None:
    beat = make_beat(call, AMINA, epoch=9, seen=e.Seen(3, seed("the other branch")))
    assert refusal(call, beat) is Problem.BAD_SEEN


def test_who_has_not_seen_the_epoch_begin_holds_no_key_of_it(call: Space) -> None:
    call.rotate(AMINA)
    before = e.Seen(call.chain.next_seq - 2, call.chain.heads[-2])
    assert refusal(call, make_beat(call, AMINA, seen=before)) is Problem.BAD_EPOCH
    check_beat(call.chain, read_beat(make_beat(call, AMINA)))


def test_R04_who_is_out_beats_no_more(call: Space) -> None:
    beat = make_beat(call, BEN)
    check_beat(call.chain, read_beat(beat))
    call.remove(AMINA, BEN)
    assert refusal(call, beat) is Problem.NOT_A_MEMBER


def test_none_while_a_rotation_is_due_and_none_after_the_end(call: Space) -> None:
    call.leave(BEN)
    assert refusal(call, make_beat(call, AMINA)) is Problem.ROTATION_DUE
    call.rotate(AMINA)
    check_beat(call.chain, read_beat(make_beat(call, AMINA)))
    call.destroy(AMINA)
    assert refusal(call, make_beat(call, AMINA)) is Problem.DESTROYED


def test_a_coalition_has_no_beats_and_a_sheet_makes_none(call: Space) -> None:
    assert refusal(found(AMINA), make_beat(found(AMINA), AMINA)) is Problem.WRONG_SPACE
    ben = make_person("ben with a sheet")
    sheet = ben.add_device("sheet")
    space = open_call(AMINA, (ben, "member"))
    assert refusal(space, make_beat(space, ben, TEXT, sheet)) is Problem.BAD_DEVICE


def test_M12_a_beat_of_another_size_is_none(call: Space) -> None:
    header = beat_header(call, AMINA)
    for size, problem in ((255, Problem.MALFORMED), (300, Problem.TOO_LARGE)):
        beat = AMINA.device.sign(Label.BEAT, Beat(header, bytes(size)))
        with pytest.raises(InvalidError) as caught:
            read_beat(beat)
        assert caught.value.problem is problem


def test_a_signature_under_another_label_or_of_another_key_is_none(call: Space) -> None:
    beat = Beat(beat_header(call, AMINA), bytes(box_bytes(beat_header(call, AMINA))))
    signed = decode(make_beat(call, AMINA), Signed, caps.BEAT_BYTES)
    other = encode(Signed(signed.payload, make_device("other").id, signed.signature))
    for data in (AMINA.device.sign(Label.RECORD, beat), other):
        with pytest.raises(InvalidError) as caught:
            read_beat(data)
        assert caught.value.problem is Problem.BAD_SIGNATURE


@given(epoch=st.integers(0, (1 << 32) - 1), seq=st.integers(0, (1 << 32) - 1))
def test_S32_a_signed_beat_has_one_size_whatever_its_numbers(epoch: int, seq: int) -> None:
    header = BeatHeader(seed("space"), epoch, AMINA.member, AMINA.device.id, e.Seen(seq, seed("head")))
    data = AMINA.device.sign(Label.BEAT, Beat(header, bytes(box_bytes(header))))
    assert len(data) == caps.BEAT_BYTES
    assert read_beat(data).value.header == header


def test_M01_nobody_beats_in_another_s_name(call: Space) -> None:
    forged = make_beat(call, AMINA, TEXT, CHI.device, device=AMINA.device.id)
    assert refusal(call, forged) is Problem.BAD_DEVICE


def test_only_a_call_has_beats() -> None:
    coalition = found(AMINA)
    assert refusal(coalition, make_beat(coalition, AMINA)) is Problem.WRONG_SPACE
