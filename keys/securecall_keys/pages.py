"""Sealed pages: what a guest without the program gets in one file, and what comes back of it (protocol 21; row S31).

A code of 128 random bits, told on another channel, yields two keys: one for what the page shows, one for the reply.
So many random bits need no slow hash. AES-256-GCM and HKDF-SHA256 are what every browser has.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.utils import random

from securecall.errors import TextError
from securecall.labels import Label
from securecall.sentences import sentence
from securecall.texts import from_text, write_text
from securecall_keys.context import PageContext, PagePurpose
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import pad, unpad
from securecall_keys.primitives import derive
from securecall_keys.secret import Secret

CODE_BYTES: Final = 16
PAGE_BYTES: Final = 16
"""The id of a page."""
NONCE_BYTES: Final = 12
_LABELS: Final = {"page": Label.PAGE, "reply": Label.REPLY}


@dataclass(frozen=True, slots=True)
class PageKeys:
    """The id of a page and its code, and what is sealed and opened with that."""

    page: bytes
    code: Secret

    @classmethod
    def fresh(cls) -> "PageKeys":
        """A new page."""
        return cls(random(PAGE_BYTES), Secret(random(CODE_BYTES)))

    def seal(self, purpose: PagePurpose, content: bytes) -> bytes:
        """The page's content, or a reply, padded: label, zero byte, page, nonce, ciphertext and tag."""
        head, nonce = _head(purpose, self.page), random(NONCE_BYTES)
        return head + nonce + self._cipher(purpose).encrypt(nonce, pad(content), head)

    def open(self, purpose: PagePurpose, data: bytes) -> bytes:
        """Undo `seal`. Raises: CannotOpenError: of another page or purpose, changed, cut, or another code."""
        head = _head(purpose, self.page)
        if not data.startswith(head):
            raise CannotOpenError("of another page")
        box = data[len(head) :]
        try:
            return unpad(self._cipher(purpose).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], head))
        except (InvalidTag, ValueError) as error:
            raise CannotOpenError("does not open") from error

    def _cipher(self, purpose: PagePurpose) -> AESGCM:
        return AESGCM(derive(self.code, PageContext(purpose, self.page)).expose())


def page_of(reply: bytes) -> bytes:
    """The page that a reply says it is of, which nothing vouches for yet. Raises: CannotOpenError if it is none."""
    prefix = Label.REPLY.prefix()
    page = reply[len(prefix) : len(prefix) + PAGE_BYTES]
    if not reply.startswith(prefix) or len(page) != PAGE_BYTES:
        raise CannotOpenError("no reply")
    return page


def code_text(code: Secret) -> str:
    """A code as it is told: with check digits, in groups (`securecall.texts`)."""
    return write_text(code.expose())


def read_code(text: str) -> Secret:
    """The code that somebody typed. Raises: TextError."""
    data = from_text(text, sentence("code"))
    if len(data) != CODE_BYTES:
        raise TextError("This is not the code of a page: it has another length")
    return Secret(data)


def _head(purpose: PagePurpose, page: bytes) -> bytes:
    return _LABELS[purpose].prefix() + page
