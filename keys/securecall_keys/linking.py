"""Linking a second computer: the text that the old one shows, and the two messages that pass between them (protocol
4.3; rows S03, M10).

The text's secret yields a signing key, whose public half names the mailbox where they meet and which also signs the
new device's announcement, and a sealing key, under which pins come back. So a server that carries both messages can
neither put a device of its own in between, nor read or change what the old device tells.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from nacl.utils import random

from securecall import caps
from securecall.entries import Seen
from securecall.errors import InvalidError, TextError
from securecall.labels import Label
from securecall.sentences import sentence
from securecall.texts import TEXT_BYTES, from_text, write_text
from securecall.wire import U64, Id, ShortId, Wire, decode, encode, read
from securecall_keys.context import LinkingAnswerContext, LinkingContext, context_bytes
from securecall_keys.device import public_of, sign
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import pad, unpad
from securecall_keys.primitives import derive, seal, unseal
from securecall_keys.secret import Secret

SPACES_MOST = 1_500
"""Spaces that one answer tells of."""


class LinkingText(Wire, frozen=True):
    """What is handed from the old device to the new: the server, whose device it shall be, and a one-time secret.

    ``identity`` is the newest head of the member's identity chain that the old device knew.
    """

    address: Annotated[str, msgspec.Meta(max_length=256)]
    member: Id
    identity: Id
    secret: ShortId

    def __repr__(self) -> str:
        return "LinkingText(…)"


class LinkingRequest(Wire, frozen=True):
    """The new device's message: its signed `Announcement`, for the member and after the identity head of the text."""

    member: Id
    identity: Id
    announcement: Annotated[bytes, msgspec.Meta(max_length=caps.IDENTITY_BYTES)]


class LinkedSpace(Wire, frozen=True):
    """A space of the member: a place of its chain that must be there, and the latest time (unix ms) that the server
    signed for it.
    """

    space: Id
    parent: Id | None
    at: Seen
    time: U64


class LinkingAnswer(Wire, frozen=True):
    """The old device's message: the server's key, the space by which the member came in, and what to pin."""

    server: Id
    home: Id
    spaces: Annotated[list[LinkedSpace], msgspec.Meta(max_length=SPACES_MOST)]


@dataclass(frozen=True, slots=True)
class LinkingKeys:
    """What the 128-bit secret of a linking text yields, and what is done with it on either side."""

    text: LinkingText

    @classmethod
    def fresh(cls, address: str, member: bytes, identity: bytes) -> "LinkingKeys":
        """A new text."""
        return cls(LinkingText(address, member, identity, random(16)))

    @property
    def public(self) -> bytes:
        """The public half of the signing key."""
        return public_of(self._signing)

    @property
    def _signing(self) -> Secret:
        return derive(Secret(self.text.secret), LinkingContext("signing", self.text.member, self.text.identity))

    @property
    def _sealing(self) -> Secret:
        return derive(Secret(self.text.secret), LinkingContext("sealing", self.text.member, self.text.identity))

    def sign_login(self, payload: Wire) -> bytes:
        """Sign a login as the holder of the text."""
        return sign(self._signing, Label.LOGIN, payload)

    def request(self, announcement: bytes) -> bytes:
        """The new device's signed message."""
        return sign(self._signing, Label.LINKING, LinkingRequest(self.text.member, self.text.identity, announcement))

    def read_request(self, data: bytes) -> bytes:
        """The announcement in a message that whoever holds the text signed for this very linking.

        Raises: InvalidError, CannotOpenError if another key signed it, or it is for another linking.
        """
        request = read(data, Label.LINKING, LinkingRequest, caps.IDENTITY_BYTES + caps.KIB)
        value = request.value
        if (request.key, value.member, value.identity) != (self.public, self.text.member, self.text.identity):
            raise CannotOpenError("a message that was not made with this linking text")
        return value.announcement

    def seal_answer(self, answer: LinkingAnswer, device: bytes) -> bytes:
        """The old device's message to the device that was added."""
        return seal(self._sealing, pad(encode(answer)), self._context(device))

    def open_answer(self, box: bytes, device: bytes) -> LinkingAnswer:
        """Open what was sealed to this device. Raises: CannotOpenError."""
        try:
            return decode(unpad(unseal(self._sealing, box, self._context(device))), LinkingAnswer, caps.MAIL_BYTES)
        except InvalidError as error:
            raise CannotOpenError("an answer that does not parse") from error

    def _context(self, device: bytes) -> bytes:
        return context_bytes(LinkingAnswerContext(self.public, device))


def linking_text(value: LinkingText) -> str:
    """The text itself."""
    return write_text(encode(value))


def read_linking(text: str) -> LinkingText:
    """Read a linking text. Raises: TextError."""
    try:
        return decode(from_text(text, sentence("linking text")), LinkingText, TEXT_BYTES)
    except InvalidError as error:
        raise TextError("This is not a linking text of this program") from error
