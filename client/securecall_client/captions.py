"""What entries say under seal (protocol 5): names and invitations for allies, aliases for guests.

A name counts only for the members that the entry itself is about, so an invitation cannot rename anybody. An entry
that makes somebody a guest is about everybody as far as guests go: it repeats for them what the others are called.
"""

from typing import Annotated

import msgspec

from securecall.wire import U32, Id, ShortId, Wire

Name = Annotated[str, msgspec.Meta(max_length=200)]
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


class Alias(Wire, frozen=True):
    """What guests call a member: the alias that the member chose, until then the kind of their organisation."""

    member: Id
    alias: Name


class EveryoneCaption(Wire, frozen=True):
    """What an entry says to everyone; guests read no more than this."""

    title: Name
    aliases: Annotated[list[Alias], _many]


class InviterLetter(Wire, frozen=True):
    """In an invite, for the invitee: the space's title, who can let them in, and how they are listed."""

    title: Name
    admitters: Annotated[list[Name], msgspec.Meta(max_length=64)]
    label: Name
    org: Name


class JoinerLetter(Wire, frozen=True):
    """Beside a join request: the joiner's own name."""

    name: Name
