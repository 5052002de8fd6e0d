"""The two messages of a linking: the new device's request, and the old one's answer to it. For `make.py`."""

from story import Document, seed

from securecall.entries import Seen
from securecall.wire import encode
from securecall_keys.device import DeviceKeys
from securecall_keys.linking import LinkedSpace, LinkingAnswer, LinkingKeys, LinkingText, linking_text
from securecall_keys.secret import Secret


def linking_document() -> Document:
    """A linking text, both messages that follow from it, and what the answer tells."""
    text = LinkingText("https://call.example", seed("member"), seed("identity"), seed("linking")[:16])
    keys, secret = LinkingKeys(text), Secret(seed("new device"))
    new = DeviceKeys(secret)
    spaces = [
        LinkedSpace(seed("space"), None, Seen(4, seed("head")), 1_740_000_000_000),
        LinkedSpace(seed("child"), seed("space"), Seen(0, seed("child's head")), 1_740_000_000_001),
    ]
    answer = LinkingAnswer(seed("server"), seed("space"), spaces)
    return {
        "about": "a linking text, the new device's request, and the old device's answer",
        "text": linking_text(text),
        "mailbox": keys.public.hex(),
        "secret of the new device": secret.expose().hex(),
        "request": keys.request(new.announce(text.member, "computer")).hex(),
        "answer": keys.seal_answer(answer, new.id).hex(),
        "opened": encode(answer).hex(),
    }
