"""What entries say under seal (protocol 5): names and invitations for allies, aliases for guests.

A name counts only for the members that the entry itself is about, so an invitation cannot rename anybody. An entry
that makes somebody a guest is about everybody as far as guests go: it repeats for them what the others are called.
"""

from typing import Annotated

import msgspec

from securecall.errors import InvalidError
from securecall.wire import U32, Id, ShortId, Wire, decode

Name = Annotated[str, msgspec.Meta(max_length=200)]
CAPTION_BYTES = 128 * 1024
_many = msgspec.Meta(max_length=1_000)


class MemberName(Wire, frozen=True):
    """A member's name and organisation, as allies see them, and the alias that guests see."""

    member: Id
    name: Name
    organisation: ShortId
    org: Name


class InviteNote(Wire, frozen=True):
    """What owners and chairs must know of an invitation: its letter key, for whom it is, and, for a guest, the minute
    at which the stay ends.
    """

    key: Id
    letter_key: Id
    label: Name
    organisation: ShortId
    org: Name
    ends: U32 | None


class AlliesCaption(Wire, frozen=True):
    """What an entry says to allies; any part may be empty."""

    title: Name
    names: Annotated[list[MemberName], _many]
    invites: Annotated[list[InviteNote], _many]
    reason: Name


class EarlyInviteNote(Wire, frozen=True):
    """An `InviteNote` from before there were guests; it is read, and written no more."""

    key: Id
    letter_key: Id
    label: Name
    organisation: ShortId
    org: Name


class EarlyAlliesCaption(Wire, frozen=True):
    """An `AlliesCaption` with such notes."""

    title: Name
    names: Annotated[list[MemberName], _many]
    invites: Annotated[list[EarlyInviteNote], _many]
    reason: Name


class Alias(Wire, frozen=True):
    """What guests call a member: the alias that the member chose, until then the kind of their organisation."""

    member: Id
    alias: Name


class EveryoneCaption(Wire, frozen=True):
    """What an entry says to everyone; guests read no more than this."""

    title: Name
    aliases: Annotated[list[Alias], _many]


def read_allies(caption: bytes) -> AlliesCaption:
    """What an entry says to allies, in the form of today or the early one, which no caption has both of.

    Raises: InvalidError.
    """
    try:
        return decode(caption, AlliesCaption, CAPTION_BYTES)
    except InvalidError:
        early = decode(caption, EarlyAlliesCaption, CAPTION_BYTES)
    invites = [
        InviteNote(note.key, note.letter_key, note.label, note.organisation, note.org, None) for note in early.invites
    ]
    return AlliesCaption(early.title, early.names, invites, early.reason)


class ServerCaption(Wire, frozen=True):
    """What a `server` entry says to everyone, in place of an `EveryoneCaption`: where the server is, best first."""

    addresses: Annotated[list[Annotated[str, msgspec.Meta(max_length=256)]], msgspec.Meta(min_length=1, max_length=8)]


class InviterLetter(Wire, frozen=True):
    """In an invite, for the invitee: the space's title, who can let them in, and how they are listed."""

    title: Name
    admitters: Annotated[list[Name], msgspec.Meta(max_length=64)]
    label: Name
    org: Name


class JoinerLetter(Wire, frozen=True):
    """Beside a join request: the joiner's own name."""

    name: Name
