"""The attack on sealed answers opens what its keys open, so that what it leaves closed is closed for want of a key."""

import pytest

from securecall.identity import begin
from securecall_client.demo.thief import opens_answer
from securecall_client.sealed_kinds import SealedAnswer
from securecall_keys.device import DeviceKeys
from securecall_keys.primitives import fresh, sealing_public
from securecall_keys.sealed_answers import AnswerPlace, public_half, seal_answer, secret_by_half

PLACE = AnswerPlace(bytes(32), bytes(16), bytes(32), bytes(16))
HALF, AUTHOR, OTHER = fresh(), DeviceKeys.generate(), DeviceKeys.generate()
KEY = public_half(HALF)
SAID = SealedAnswer(
    PLACE.exercise, KEY, seal_answer(b"what we plan", PLACE, KEY, begin(AUTHOR.begin_identity(1)).live())
)
SECRET = secret_by_half(SAID.sealed, PLACE, HALF)


@pytest.mark.parametrize(
    ("device", "held", "opens"),
    [(AUTHOR, [], True), (OTHER, [HALF], True), (OTHER, [SECRET], True), (OTHER, [fresh(), OTHER.storage], False)],
    ids=["its author's device", "the exercise's key", "its own secret", "keys of others"],
)
def test_a_sealed_answer_opens_to_whoever_holds_a_key_to_it(device, held, opens) -> None:
    assert opens_answer(SAID, PLACE, device, {sealing_public(key): key for key in held}) is opens
