"""Sealed answers: boxes and text open with their keys for their author, record, exercise and space, nowhere else."""

from dataclasses import replace

import msgspec
import pytest

from securecall.identity import begin
from securecall.points import check_sealing
from securecall_keys.context import ExerciseKeyContext
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import fresh, seal_to
from securecall_keys.records import CONTENT_BYTES
from securecall_keys.sealed_answers import (
    ANSWER_BYTES,
    TEXT_BYTES,
    AnswerPlace,
    SealedText,
    check_half,
    open_answer,
    open_half,
    public_half,
    seal_answer,
    secret_by_device,
    secret_by_half,
    share_half,
)
from securecall_keys.secret import Secret
from tests.world import seed

SPACE, EXERCISE = seed("space"), seed("exercise")[:16]
PLACE = AnswerPlace(SPACE, EXERCISE, seed("author"), seed("record")[:16])
DEVICES = [DeviceKeys(Secret(seed(name))) for name in ("one", "two")]
ONE, TWO = DEVICES
PUBLIC = [device for keys in DEVICES for device in begin(keys.begin_identity(1)).live()]
HALF = Secret(seed("half"))
KEY = public_half(HALF)
SEALED = seal_answer(b"what we plan", PLACE, KEY, PUBLIC[:1])

OTHERS = {
    "space": replace(PLACE, space=bytes(32)),
    "exercise": replace(PLACE, exercise=bytes(16)),
    "author": replace(PLACE, author=bytes(32)),
    "record": replace(PLACE, record=bytes(16)),
}


def changed(sealed: SealedText, field: str) -> SealedText:
    """With one bit of a field turned."""
    value = getattr(sealed, field)
    return msgspec.structs.replace(sealed, **{field: value[:-1] + bytes([value[-1] ^ 1])})


def test_the_exercise_s_key_and_the_author_s_device_open_it_and_no_other() -> None:
    check_sealing(KEY)
    for secret in (secret_by_half(SEALED, PLACE, HALF), secret_by_device(SEALED, PLACE, ONE)):
        assert open_answer(SEALED, PLACE, secret) == b"what we plan"
    with pytest.raises(CannotOpenError):
        secret_by_half(SEALED, PLACE, fresh())
    with pytest.raises(CannotOpenError, match="not sealed to this device"):
        secret_by_device(SEALED, PLACE, TWO)


@pytest.mark.parametrize("other", OTHERS)
def test_M03_S12_it_opens_under_no_other_author_record_exercise_or_space(other: str) -> None:
    where = OTHERS[other]
    secret = secret_by_device(SEALED, PLACE, ONE)
    for attempt in (
        lambda: secret_by_half(SEALED, where, HALF),
        lambda: secret_by_device(SEALED, where, ONE),
        lambda: open_answer(SEALED, where, secret),
    ):
        with pytest.raises(CannotOpenError):
            attempt()


def test_M03_the_text_itself_is_bound_to_its_place() -> None:
    """Also where the commitment is made anew, as whoever knows the secret can."""
    where, secret = OTHERS["author"], secret_by_device(SEALED, PLACE, ONE)
    mine = seal_answer(b"mine", where, KEY, [])
    assert open_answer(mine, where, secret_by_half(mine, where, HALF)) == b"mine"
    with pytest.raises(CannotOpenError):
        open_answer(msgspec.structs.replace(mine, text=SEALED.text), where, secret_by_half(mine, where, HALF))
    with pytest.raises(CannotOpenError):
        open_answer(mine, where, secret)


@pytest.mark.parametrize("field", ["commit", "box", "text"])
def test_S16_every_field_counts(field: str) -> None:
    sealed = changed(SEALED, field)
    with pytest.raises(CannotOpenError):
        open_answer(sealed, PLACE, secret_by_half(sealed, PLACE, HALF))


def test_M04_a_secret_that_was_not_committed_to_opens_nothing() -> None:
    with pytest.raises(CannotOpenError, match="committed"):
        open_answer(SEALED, PLACE, fresh())


def test_S31_yes_no_and_empty_have_one_size() -> None:
    sizes = {len(seal_answer(text, PLACE, KEY, PUBLIC).text) for text in (b"", b"yes", b"x" * 1_000)}
    assert len(sizes) == 1


def test_the_longest_fits_into_a_record_with_a_box_for_each_of_eight_devices() -> None:
    sealed = seal_answer(b"x" * ANSWER_BYTES, PLACE, KEY, PUBLIC * 4)
    assert len(sealed.text) == TEXT_BYTES
    assert len(msgspec.msgpack.encode(sealed)) + len(KEY) + 200 < CONTENT_BYTES


def test_a_private_half_is_passed_on_to_a_device_of_a_facilitator_alone() -> None:
    boxes = share_half(HALF, SPACE, EXERCISE, PUBLIC)
    assert [box.device for box in boxes] == [ONE.id, TWO.id]
    for keys, mine in zip(DEVICES, boxes, strict=True):
        assert open_half(mine.box, keys, SPACE, EXERCISE, KEY) == HALF
    for box, keys, space, exercise in (
        (boxes[1].box, ONE, SPACE, EXERCISE),
        (boxes[0].box, ONE, bytes(32), EXERCISE),
        (boxes[0].box, ONE, SPACE, bytes(16)),
    ):
        with pytest.raises(CannotOpenError):
            open_half(box, keys, space, exercise, KEY)
    with pytest.raises(CannotOpenError):
        open_half(boxes[0].box, ONE, SPACE, EXERCISE, public_half(fresh()))


def test_a_half_of_another_key_is_refused_even_where_it_was_truly_passed_on() -> None:
    other = fresh()
    with pytest.raises(CannotOpenError, match="another key"):
        check_half(other, KEY)
    box = seal_to(PUBLIC[0].sealing, other.expose(), ExerciseKeyContext(SPACE, EXERCISE, KEY, ONE.id))
    with pytest.raises(CannotOpenError, match="another key"):
        open_half(box, ONE, SPACE, EXERCISE, KEY)


def test_S33_nothing_shows_a_secret() -> None:
    assert HALF.expose().hex() not in repr(share_half(HALF, SPACE, EXERCISE, PUBLIC))
    assert repr(HALF) == "Secret(…)"
