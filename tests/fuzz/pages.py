"""Sealed pages: codes, seals, the text that comes back, what opens of it, and the pages that a profile remembers."""

from functools import cache

from securecall.wire import encode
from securecall_client.errors import RefusedError, SecureCallError
from securecall_client.guest_page import kept
from securecall_client.guest_page.reply import from_armour, read_reply
from securecall_client.replica import Replica
from securecall_keys.errors import CannotOpenError
from securecall_keys.pages import PageKeys, code_text, page_of, read_code
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret
from tests.fuzz.target import Target, wait
from tests.fuzz.texts import checked, read
from tests.replies import ROW, armoured, laid_out

KEYS = PageKeys(b"\x05" * 16, Secret(bytes(range(16))))
OWN = Secret(bytes(range(32)))
REFUSED: tuple[type[Exception], ...] = (RefusedError,)
TOLD: tuple[type[Exception], ...] = (SecureCallError,)
SHUT: tuple[type[Exception], ...] = (CannotOpenError,)
SAID = {
    "version": 1,
    "answers": [{"exercise": "ab" * 16, "questions": {"rows": [dict(ROW)]}}],
    "file": {"name": "../note.txt", "size": 1},
}
PAGE = kept.KeptPage(KEYS.page, KEYS.code.expose(), bytes(32), bytes(16), 1, 9, 0)


@cache
def _sealed() -> bytes:
    return KEYS.seal("reply", laid_out(SAID, b"x"))


def _reply(data: bytes) -> object:
    """A reply, whose file is as long as it says, under a name that is harmless."""
    said = read_reply(data)
    assert (said.file is None) == (not said.name)
    assert "/" not in said.name
    return said


class _Meta(Replica):
    """A replica with one value in it."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    async def meta(self, key: str) -> bytes | None:
        return self._value


def _all() -> bytes:
    return encode(kept._All((PAGE, PAGE)))


def _kept(data: bytes) -> object:
    return wait(kept.Pages(_Meta(data), OWN).find(KEYS.page))


def _kept_says(data: bytes) -> object:
    return _kept(seal(OWN, data, kept._CONTEXT))


TARGETS = [
    read("the code of a page", read_code, code_text(KEYS.code)),
    checked("the code of a page", read_code, KEYS.code.expose()),
    Target("which page a reply is of", page_of, lambda: [_sealed()], SHUT),
    Target("a sealed page", lambda data: KEYS.open("page", data), lambda: [KEYS.seal("page", b"text")], SHUT),
    Target("a reply, opened", lambda data: KEYS.open("reply", data), lambda: [_sealed()], SHUT),
    read("the text of a reply", from_armour, armoured(_sealed()), refusals=REFUSED),
    Target("a reply, sealed", _reply, lambda: [laid_out(SAID, b"x"), laid_out({**SAID, "file": None})], REFUSED),
    Target("the pages of a profile", _kept, lambda: [seal(OWN, _all(), kept._CONTEXT)], TOLD),
    Target("the pages of a profile, sealed", _kept_says, lambda: [_all()], TOLD),
]
