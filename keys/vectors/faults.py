"""The call that the vectors tell: every change once, one fault a moment. For `make.py`."""

import msgspec
from nacl.signing import SigningKey
from story import Document, Story, seed

from securecall import caps
from securecall import entries as e
from securecall.identity import AddDevice, Announcement, IdentityEntry
from securecall.labels import Label, digest
from securecall.records import BlobRef, Record
from securecall.state import ALLIES, ENTRY
from securecall.wire import ZERO, Signed, decode, encode, item_digest
from securecall_keys.context import DeviceContext
from securecall_keys.device import DeviceKeys
from securecall_keys.primitives import derive
from securecall_keys.secret import Secret


def tell(story: Story) -> None:
    """The whole call, with the faults of each moment."""
    story.invite(("ben", "member"), ("guest", "guest"), ("chi", "member"))
    spoil_admission(story)
    story.enter("amina", story.admission("ben", "member"), "ben")
    story.write("ben", "Two lawyers were held in Nairobi", story.header("ben"))
    spoil_records(story)
    story.enter("amina", story.admission("guest", "guest"), "guest")
    story.write("guest", "What can we sign?", story.header("guest", "everyone"))
    spoil_rights(story)
    story.people["ben"].add_device()
    ben = story.people["ben"]
    story.enter("ben", e.Devices(ben.member, ben.identity.head, []), "ben")
    spoil_rotation(story)
    story.enter("ben", e.Rotate())
    blob = BlobRef(seed("blob")[:16], 2, 2_000_000)
    story.write("amina", "A document", msgspec.structs.replace(story.header("amina"), blobs=[blob]))
    story.fault("drop", "a member drops another's blob", record(story, "ben", drops=[blob.blob]), ALLIES)
    story.write("amina", "Withdrawn", msgspec.structs.replace(story.header("amina"), drops=[blob.blob]))
    story.enter("amina", e.Remove([story.people["guest"].member]))
    story.enter("amina", e.SetRole([e.NewRole(ben.member, "chair", None)]))
    story.enter("ben", e.Relabel([ben.member]))
    story.enter("ben", e.Claim(ben.member))
    story.enter("amina", e.Server(seed("another server")))
    story.enter("amina", e.RevokeInvite([story.invitations["chi"].public]))
    chi = story.body("amina", story.admission("chi", "member"))
    story.fault("revoked", "an admission upon a revoked invitation", chi, ENTRY, tuple(story.people["chi"].items))
    story.enter("ben", e.Leave())
    story.fault("due", "a change while a rotation is due", story.body("amina", e.Server(seed("server"))))
    story.fault("due-record", "a record while a rotation is due", record(story, "amina"), ALLIES)
    story.enter("amina", e.Rotate())
    story.fault("last-owner", "the last owner leaves", story.body("amina", e.Leave()))
    story.enter("amina", e.Destroy())
    story.fault("destroyed", "a record after the end", record(story, "amina"), ALLIES)


def sign_raw(device: DeviceKeys, label: Label, payload: bytes) -> bytes:
    """Any payload as a signed thing of a device."""
    key = SigningKey(derive(device.secret, DeviceContext("signing")).expose())
    return encode(Signed(payload, device.id, key.sign(label.prefix() + payload).signature))


def record(story: Story, name: str, **fields: object) -> bytes:
    """A record truly signed, with an honest header but for the fields given, and nothing in it."""
    header = msgspec.structs.replace(story.header(name), **fields)
    return story.people[name].devices[0].sign(Label.RECORD, Record(header, b""))


def spoil_admission(story: Story) -> None:
    """Faults of signatures, encodings, order and identities."""
    ben = story.people["ben"]
    draft = story.draft("amina", story.admission("ben", "member"), "ben")
    identities = tuple(ben.items)
    flipped = draft.item[:-1] + bytes([draft.item[-1] ^ 1])
    story.fault("bad-signature", "one bit of the signature is turned", flipped, ENTRY, identities)
    signed = decode(draft.item, Signed, caps.ENTRY_BYTES)
    amina = story.people["amina"].devices[0]
    # The body begins: array of 2, array of 10, the space as bin8 of 32, the number. 0xcc is a second form of it.
    at = 2 + 2 + 32
    longer = signed.payload[:at] + b"\xcc" + signed.payload[at:]
    second = sign_raw(amina, Label.ENTRY, longer)
    story.fault("second-encoding", "a number in a longer form", second, ENTRY, identities)
    trailing = sign_raw(amina, Label.ENTRY, signed.payload + b"\x00")
    story.fault("trailing-byte", "a byte after the payload", trailing, ENTRY, identities)
    forged = sign_raw(story.people["chi"].devices[0], Label.ENTRY, signed.payload)
    story.fault("other-signer", "an honest entry signed by somebody else", forged, ENTRY, identities)
    other = sign_raw(amina, Label.RECORD, signed.payload)
    story.fault("other-label", "an entry signed under a record's label", other, ENTRY, identities)
    spoilt: list[tuple[str, str, Document]] = [
        ("wrong-previous", "the digest of another entry before it", {"previous": seed("previous")}),
        ("wrong-number", "a number that leaves one out", {"number": 3}),
        ("other-space", "an entry of another space", {"space": seed("space")}),
        ("fork", "made upon another history", {"seen": e.Seen(1, seed("fork"))}),
        ("unseen", "it has not seen the entry it follows", {"seen": e.Seen(0, story.chain.heads[0])}),
        ("missing-grant", "the new device is not granted the epoch", {"grants": []}),
        ("stranger", "its author is not in the space", {"author": seed("stranger")}),
        ("other-device", "it names another device than its signer", {"device": seed("device")}),
    ]
    for name, about, fields in spoilt:
        story.spoil(name, about, draft, fields)
    story.fault("no-identity", "the identity it names did not come along", draft.item)
    extra = (*identities, *story.people["chi"].items)
    story.fault("extra-identity", "an identity that it does not name", draft.item, ENTRY, extra)
    weak_key(story, "small-order", "a login key of small order", {"login": bytes(32)})
    weak_key(story, "not-reduced", "an ML-KEM key that is not reduced", {"sealing": b"\xff" * 1184 + bytes(32)})


def weak_key(story: Story, name: str, about: str, fields: Document) -> None:
    """Note the fault of an admission whose identity announces a bad key."""
    device = DeviceKeys(Secret(seed("weak")))
    good = decode(decode(device.announce(ZERO, "computer"), Signed, caps.IDENTITY_BYTES).payload, Announcement, 9999)
    announced = AddDevice(device.sign(Label.ANNOUNCEMENT, msgspec.structs.replace(good, **fields)))
    item = device.sign(Label.IDENTITY, IdentityEntry(ZERO, 0, ZERO, device.id, 1, announced))
    member = digest(Label.MEMBER, decode(item, Signed, caps.IDENTITY_BYTES).payload)
    request = story.invitations["chi"].join("member", member, item_digest(item, Label.IDENTITY))
    via = e.Joining(request)
    change = e.Admit([e.Admission(member, item_digest(item, Label.IDENTITY), [], "member", None, via)])
    story.fault(f"key-{name}", about, story.body("amina", change), ENTRY, (item,))


def spoil_records(story: Story) -> None:
    """Faults of records."""
    honest = record(story, "ben")
    story.fault("class", "a record for allies under the class of everyone", honest, 1)
    spoilt: list[tuple[str, str, Document]] = [
        ("count", "a record that leaves one out", {"n": 2}),
        ("old-epoch", "a record of an epoch that does not run", {"epoch": 7}),
        ("record-seen", "a record upon another history", {"seen": e.Seen(0, seed("fork"))}),
        ("record-id", "an id that its author used before", {"id": seed("record 3")[:16]}),
        ("no-blob", "it drops a blob that is not there", {"drops": [bytes(16)]}),
        ("forged-author", "a record in another device's name", {"device": story.people["amina"].devices[0].id}),
    ]
    for name, about, fields in spoilt:
        story.fault(name, about, record(story, "ben", **fields), ALLIES)
    used = story.body("amina", story.admission("ben", "member"))
    story.fault("admitted-twice", "an admission of who is there", used)
    key = story.invitations["ben"].public
    again = e.Invite([e.Invitee(key, "member", 1, b"")])
    story.fault("invited-twice", "an invitation key that was used before", story.body("amina", again))


def spoil_rights(story: Story) -> None:
    """Faults of rights."""
    people = story.people
    spoilt: list[tuple[str, str, e.Change]] = [
        ("guest-rotates", "guest", e.Rotate()),
        ("guest-invites", "guest", e.Invite([e.Invitee(story.invitations["nobody"].public, "member", 1, b"")])),
        ("member-destroys", "ben", e.Destroy()),
        ("member-promotes", "ben", e.SetRole([e.NewRole(people["ben"].member, "owner", None)])),
        ("member-removes", "ben", e.Remove([people["amina"].member])),
        ("owner-removes-self", "amina", e.Remove([people["amina"].member])),
    ]
    for name, by, change in spoilt:
        story.fault(name, name.replace("-", " "), story.body(by, change))
    story.fault("guest-writes-for-allies", "guest writes for allies", record(story, "guest"), ALLIES)
    no_epoch = story.body("amina", e.Remove([people["guest"].member]))
    story.fault("no-epoch", "a removal that starts no epoch", no_epoch)


def spoil_rotation(story: Story) -> None:
    """Faults of epochs and grants."""
    draft = story.draft("ben", e.Rotate())
    start = decode(decode(draft.item, Signed, caps.ENTRY_BYTES).payload, e.Entry, caps.ENTRY_BYTES).body.start
    lines = decode(decode(draft.item, Signed, caps.ENTRY_BYTES).payload, e.Entry, caps.ENTRY_BYTES).body.grants
    if start is None:
        raise RuntimeError("a rotation starts an epoch")
    spoilt: list[tuple[str, str, Document]] = [
        ("grant-missing", "a device that is not granted the new epoch", {"grants": lines[1:]}),
        ("grant-twice", "a grant that stands twice", {"grants": [lines[0], *lines]}),
        ("grant-order", "grants that are not ascending", {"grants": lines[::-1]}),
        ("epoch-skipped", "an epoch that skips one", {"start": e.Start(9, start.commit, start.links)}),
        ("epoch-unlinked", "an epoch without a link", {"start": e.Start(start.epoch, start.commit, [])}),
        (
            "epoch-repeated",
            "an epoch with the keys of an older one",
            {"start": e.Start(start.epoch, story.chain.commits[0], start.links)},
        ),
    ]
    for name, about, fields in spoilt:
        story.spoil(name, about, draft, fields)
