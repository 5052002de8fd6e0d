"""Invitations and setup codes: what their secrets yield, and the texts that carry them (protocol 10)."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from nacl.utils import random

from securecall.entries import Seen
from securecall.errors import InvalidError, TextError
from securecall.joins import JoinRequest
from securecall.labels import Label
from securecall.rights import Role
from securecall.sentences import sentence
from securecall.texts import TEXT_BYTES, from_text, write_text
from securecall.wire import Id, ShortId, Wire, decode, encode
from securecall_keys.context import InvitationContext, LetterContext, context_bytes
from securecall_keys.device import public_of, sign
from securecall_keys.padding import pad, unpad
from securecall_keys.primitives import KEY_BYTES, derive, seal, unseal
from securecall_keys.secret import Secret


class InvitationText(Wire, frozen=True):
    """What is handed over on another channel: where, which space as of which place, and a one-time secret."""

    address: Annotated[str, msgspec.Meta(max_length=256)]
    space: Id
    at: Seen
    secret: ShortId

    def __repr__(self) -> str:
        return "InvitationText(…)"


@dataclass(frozen=True, slots=True)
class SetupText:
    """The setup code: the seed of a signing key that works once, and the server's key."""

    seed: Secret
    server: bytes


class InvitationKeys:
    """What the 128-bit secret of an invitation to ``space`` yields: a signing key and a letter key."""

    def __init__(self, space: bytes, secret: Secret) -> None:
        self.space = space
        self._signing = derive(secret, InvitationContext("signing", space))
        self.letter_key = derive(secret, InvitationContext("letter", space))
        self.public = public_of(self._signing)

    def join(self, role: Role, member: bytes, identity: bytes) -> bytes:
        """The signed join request."""
        return sign(self._signing, Label.JOIN, JoinRequest(self.space, role, member, identity))

    def sign_login(self, payload: Wire) -> bytes:
        """Sign a login as the holder of the invitation."""
        return sign(self._signing, Label.LOGIN, payload)


def fresh_invitation() -> Secret:
    """A new one-time secret, 128 bits."""
    return Secret(random(16))


def seal_letter(key: Secret, context: LetterContext, content: bytes) -> bytes:
    """A letter beside an invite or a join request, padded."""
    return seal(key, pad(content), context_bytes(context))


def open_letter(key: Secret, context: LetterContext, box: bytes) -> bytes:
    """Open a letter. Raises: CannotOpenError."""
    return unpad(unseal(key, box, context_bytes(context)))


def to_text(value: InvitationText) -> str:
    """The text of an invitation."""
    return write_text(encode(value))


def read_invitation(text: str) -> InvitationText:
    """Read an invitation. Raises: TextError."""
    try:
        return decode(from_text(text, sentence("invitation")), InvitationText, TEXT_BYTES)
    except InvalidError as error:
        raise TextError("This is not an invitation of this program") from error


def read_setup(text: str) -> SetupText:
    """Read a setup code: 32 bytes of seed, 32 of the server's key. Raises: TextError."""
    data = from_text(text, sentence("setup code"))
    if len(data) != 2 * KEY_BYTES:
        raise TextError("This is not a setup code of this program")
    return SetupText(Secret(data[:KEY_BYTES]), data[KEY_BYTES:])
