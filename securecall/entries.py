"""Entries: who is in a space and which epoch runs (protocol 5, 6; `docs/protocol.md`, "Entries").

An `Entry` is its clear body and two seals. The seals' associated data is the encoded body, so nothing
sealed can be moved to another entry.
"""

from typing import Annotated, Literal

import msgspec

from securecall import caps
from securecall.rights import Role
from securecall.wire import U32, Id, Wire

SpaceKind = Literal["coalition", "team", "call", "pair"]
GrantKind = Literal["seed", "everyone"]

_many = msgspec.Meta(min_length=1, max_length=caps.CHANGES_PER_ENTRY)
_few = msgspec.Meta(max_length=caps.DEVICES_PER_MEMBER)
Bars = Annotated[list[Id], _few]
"""Live devices of a member that do not count here, ascending."""


class Seen(Wire, frozen=True):
    """A place of a chain and the head there: what an author had before their eyes."""

    seq: U32
    head: Id


class Parent(Wire, frozen=True):
    """The space that a team, call or pair hangs on, and the place there at which it was made."""

    space: Id
    at: Seen


class Create(Wire, frozen=True, tag="create"):
    """Begin a space; its author is the first owner."""

    kind: SpaceKind
    parent: Parent | None
    server: Id
    identity: Id
    barred: Bars


class Invitee(Wire, frozen=True):
    """One invitation: the public half of its signing key, the role, the minute it ends, and its letter.

    ``letter`` is sealed under the invitation's letter key: the space's title and who can admit.
    """

    key: Id
    role: Role
    expiry: U32
    letter: Annotated[bytes, msgspec.Meta(max_length=caps.LETTER_BYTES)]


class Invite(Wire, frozen=True, tag="invite"):
    """Make invitations."""

    invitees: Annotated[list[Invitee], _many]


class RevokeInvite(Wire, frozen=True, tag="revoke_invite"):
    """Take invitations back, by their keys, ascending."""

    keys: Annotated[list[Id], _many]


class Joining(Wire, frozen=True, tag="join"):
    """Admission upon an invitation: the join request (a signed `securecall.joins.JoinRequest`)."""

    request: Annotated[bytes, msgspec.Meta(max_length=caps.JOIN_BYTES)]


class FromParent(Wire, frozen=True, tag="parent"):
    """Admission of someone who is in the parent at that place, with devices and bars as there."""

    at: Seen


class Admission(Wire, frozen=True):
    """One person let in. ``ends`` is the minute a guest's stay ends, and None for all others."""

    member: Id
    identity: Id
    barred: Bars
    role: Role
    ends: U32 | None
    via: Joining | FromParent


class Admit(Wire, frozen=True, tag="admit"):
    """Let people in, ascending by member."""

    admissions: Annotated[list[Admission], _many]


class Remove(Wire, frozen=True, tag="remove"):
    """Take people out and start a new epoch, in one entry."""

    members: Annotated[list[Id], _many]


class NewRole(Wire, frozen=True):
    """A member's new role; ``ends`` as in `Admission`."""

    member: Id
    role: Role
    ends: U32 | None


class SetRole(Wire, frozen=True, tag="set_role"):
    """Change roles, ascending by member."""

    roles: Annotated[list[NewRole], _many]


class Devices(Wire, frozen=True, tag="devices"):
    """Name a member's newer identity head, or bar devices. ``barred`` is the whole list afterwards."""

    member: Id
    identity: Id
    barred: Bars


class Rotate(Wire, frozen=True, tag="rotate"):
    """Start a new epoch."""


class Relabel(Wire, frozen=True, tag="relabel"):
    """New sealed names or aliases for these members, ascending."""

    members: Annotated[list[Id], _many]


class Leave(Wire, frozen=True, tag="leave"):
    """Go; whoever stays owes a rotation."""


class Claim(Wire, frozen=True, tag="claim"):
    """Say that ``member`` should become owner, since no owner answers any more."""

    member: Id


class Server(Wire, frozen=True, tag="server"):
    """The space has moved to a server with this key; its addresses stand sealed."""

    key: Id


class Destroy(Wire, frozen=True, tag="destroy"):
    """End the space; its contents go."""


Change = (
    Create
    | Invite
    | RevokeInvite
    | Admit
    | Remove
    | SetRole
    | Devices
    | Rotate
    | Relabel
    | Leave
    | Claim
    | Server
    | Destroy
)


class Link(Wire, frozen=True):
    """An older epoch's seed, sealed under the `history` key of the epoch that is started."""

    epoch: U32
    box: Annotated[bytes, msgspec.Meta(max_length=caps.KIB)]


class Start(Wire, frozen=True):
    """A new epoch: its number, the commitment to its keys, and links to older epochs, newest first."""

    epoch: U32
    commit: Id
    links: Annotated[list[Link], msgspec.Meta(max_length=caps.LINKS_PER_ENTRY)]


class GrantLine(Wire, frozen=True):
    """A grant that travels beside the entry: to which device, of which kind, and the digest of its bytes."""

    device: Id
    kind: GrantKind
    digest: Id


class EntryBody(Wire, frozen=True):
    """The clear part of an entry. In entry 0 ``space``, ``previous`` and ``seen`` are zero."""

    space: Id
    number: U32
    previous: Id
    seen: Seen
    author: Id
    device: Id
    minute: U32
    change: Change
    start: Start | None
    grants: Annotated[list[GrantLine], msgspec.Meta(max_length=caps.DEVICES_PER_SPACE)]


_seal = msgspec.Meta(max_length=caps.SEAL_BYTES)


class Sealed(Wire, frozen=True):
    """Two seals, one a circle; empty where the author has nothing to say or no key to say it with."""

    everyone: Annotated[bytes, _seal]
    allies: Annotated[bytes, _seal]


class Entry(Wire, frozen=True):
    """What an entry's author signs."""

    body: EntryBody
    sealed: Sealed
