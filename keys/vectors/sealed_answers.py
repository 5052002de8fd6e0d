"""A sealed exercise: its key passed on to a device, an answer sealed to it, and what opens. For `make.py`."""

from story import Document, seed

from securecall.identity import begin
from securecall.wire import encode
from securecall_keys.device import DeviceKeys
from securecall_keys.sealed_answers import AnswerPlace, public_half, seal_answer, secret_by_device, share_half
from securecall_keys.secret import Secret

ANSWER = b"an answer, which is an encoded Content where people write it"


def sealed_document() -> Document:
    """The private half of a key, its box for a facilitator's device, and an answer by the author's device."""
    half, facilitator, author = (Secret(seed(name)) for name in ("private half", "facilitator", "author's device"))
    place = AnswerPlace(seed("space"), seed("exercise")[:16], seed("author"), seed("record")[:16])
    theirs, mine = (begin(DeviceKeys(secret).begin_identity(1)).live() for secret in (facilitator, author))
    sealed = seal_answer(ANSWER, place, public_half(half), mine)
    [share] = share_half(half, place.space, place.exercise, theirs)
    return {
        "about": "the key of a sealed exercise, passed on to a device, and an answer that is sealed to it",
        "half": half.expose().hex(),
        "key": public_half(half).hex(),
        "space": place.space.hex(),
        "exercise": place.exercise.hex(),
        "author": place.author.hex(),
        "record": place.record.hex(),
        "secret of the facilitator's device": facilitator.expose().hex(),
        "secret of the author's device": author.expose().hex(),
        "share": share.box.hex(),
        "sealed": encode(sealed).hex(),
        "secret": secret_by_device(sealed, place, DeviceKeys(author)).expose().hex(),
        "answer": ANSWER.hex(),
    }
