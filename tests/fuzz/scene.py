"""People, spaces and keys that good inputs are made from; made once, and left as they are."""

from contextlib import suppress
from functools import cache

from securecall import entries as e
from securecall.beats import Beat
from securecall.caps import BEAT_BYTES, ENTRY_BYTES, RECORD_BYTES
from securecall.errors import InvalidError
from securecall.labels import Label
from securecall.records import Record
from securecall.wire import Signed, decode
from securecall_keys.device import DeviceKeys, public_of
from securecall_keys.invitation import InvitationKeys
from securecall_keys.secret import Secret
from tests.world import Person, Place, Space, make_blob, make_person, open_call, seed, sign_anything

INVITATIONS: list[InvitationKeys] = []
"""The one that stands in the call, once that was made."""
SEED = seed("whoever signs")
HEAD = b"\x33" * 32
KEY = public_of(Secret(SEED))


def signed(label: Label, payload: bytes) -> bytes:
    """``payload``, whatever it is, truly signed by `KEY`."""
    return sign_anything(SEED, label, payload)


def payload(item: bytes) -> bytes:
    """What an item's author signed."""
    return decode(item, Signed, len(item)).payload


@cache
def people() -> tuple[Person, ...]:
    """An owner, a chair, a member, a guest, and somebody outside; the owner has a second device."""
    made = tuple(make_person(f"fuzzed {number}") for number in range(5))
    made[0].add_device()
    return made


@cache
def call() -> Space:
    """A call in which all kinds of places stand, but its end."""
    owner, chair, member, guest, _ = people()
    space = open_call(owner, (chair, "chair"), (member, "member"), (guest, "guest"))
    space.write(owner, b"text", "everyone", blobs=[make_blob(1)])
    space.write(member, b"more", blobs=[make_blob(2), make_blob(3, chunks=7)])
    space.write(member, drops=[make_blob(2).blob])
    space.name_devices(owner, owner)
    space.rotate(chair)
    space.write(guest, b"from a guest", "everyone")
    INVITATIONS.append(space.invite(owner))
    return space


@cache
def drafts() -> tuple[tuple[Place, DeviceKeys], ...]:
    """Items that may stand at the next place of the call, one of each change, with the device that signs them."""
    space, (owner, chair, member, guest, stranger) = call(), people()
    changes: list[tuple[Person, e.Change]] = [
        (owner, e.Rotate()),
        (owner, e.Invite([e.Invitee(public_of(Secret(HEAD)), "member", 9, b"letter")])),
        (owner, e.RevokeInvite(sorted(space.chain.invitations.keys())[:1])),
        (chair, e.Remove([guest.member])),
        (owner, e.SetRole([e.NewRole(chair.member, "owner", None)])),
        (member, e.Devices(member.member, member.head, [])),
        (owner, e.Relabel([member.member])),
        (member, e.Leave()),
        (member, e.Claim(chair.member)),
        (owner, e.Server(KEY)),
        (owner, e.Destroy()),
    ]
    made = [(Place(0, space.draft(by, change).item), by.device) for by, change in changes]
    admission = space.admission(stranger, "member", INVITATIONS[0])
    admit = space.draft(owner, e.Admit([admission]), identities=stranger.items)
    made.append((Place(0, admit.item, admit.identities), owner.device))
    made.append((Place(2, space.seal(owner, space.header(owner))), owner.device))
    made.append((Place(1, space.seal(guest, space.header(guest, "everyone"))), guest.device))
    return tuple(made)


def resigned(label: Label, data: bytes) -> bytes:
    """``data`` as the payload of a device of the call: of the one that it names as its author's, as that person's
    machine can, else of the owner's first.
    """
    device = call().devices.get(_author(data)) or people()[0].device
    return sign_anything(device._signing.expose(), label, data)


def _author(data: bytes) -> bytes:
    with suppress(InvalidError):
        return decode(data, e.Entry, ENTRY_BYTES).body.device
    with suppress(InvalidError):
        return decode(data, Record, RECORD_BYTES).header.device
    with suppress(InvalidError):
        return decode(data, Beat, BEAT_BYTES).header.device
    return b""
