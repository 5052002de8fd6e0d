"""The worked examples of `docs/protocol.md`, made by the code from fixed secrets.

`EXAMPLES` holds encodings with what reads them back; `VALUES` derived values, by name, as the document shows them.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256

from nacl.signing import SigningKey

from securecall import caps
from securecall import entries as e
from securecall.chain import next_head
from securecall.code import roster_code
from securecall.identity import IdentityEntry, RemoveDevice
from securecall.labels import Label, digest
from securecall.records import BlobRef, Header
from securecall.statements import Statement, read_statement
from securecall.wire import ZERO, decode, encode, read
from securecall_client import content
from securecall_client.work.rows import Row
from securecall_keys.context import DeviceContext, EpochContext, GrantContext, context_bytes
from securecall_keys.device import DeviceKeys, sign
from securecall_keys.epoch import EpochKeys
from securecall_keys.invitation import InvitationKeys, InvitationText, read_invitation, to_text
from securecall_keys.padding import padme
from securecall_keys.primitives import derive, sealing_public
from securecall_keys.secret import Secret

SECRET = Secret(bytes(range(32)))
SPACE, HEAD, MEMBER = b"\x22" * 32, b"\x33" * 32, b"\x44" * 32
RECORD, BLOB, EXERCISE = b"\x55" * 16, b"\x66" * 16, b"\x77" * 16
MINUTE = 29_000_000

DEVICE = DeviceKeys(SECRET)
SERVER = bytes(SigningKey(SECRET.expose()).verify_key)
EPOCH = EpochKeys.from_seed(SPACE, 1, SECRET)

STATEMENT = sign(SECRET, Label.STATEMENT, Statement(SPACE, 7, HEAD, 1_740_000_000_000))
IDENTITY = IdentityEntry(MEMBER, 2, HEAD, DEVICE.id, MINUTE, RemoveDevice(b"\x88" * 32))
LEAVE = e.EntryBody(SPACE, 9, HEAD, e.Seen(300, HEAD), MEMBER, DEVICE.id, MINUTE, e.Leave(), None, [])
HEADER = Header(
    SPACE, 1, "allies", RECORD, MEMBER, DEVICE.id, 0, e.Seen(300, HEAD), [BlobRef(BLOB, 1, 1_052)], []
)  # fmt: skip
ROW = Row("legal aid", "KE", "2026-03", None, "planned", (), ("funds",), ())
ANSWER = content.Answer(EXERCISE, [content.RowsAnswer("rows", (ROW,))])
GRANT = GrantContext(SPACE, 1, HEAD, EPOCH.commit(), MEMBER, DEVICE.id, "seed")
INVITATION = InvitationText("https://calls.example.org", SPACE, e.Seen(3, HEAD), bytes(range(16)))

EXAMPLES: Mapping[str, tuple[bytes, Callable[[bytes], object]]] = {
    "statement": (STATEMENT, lambda data: read_statement(data, SERVER)),
    "identity-entry": (encode(IDENTITY), lambda data: decode(data, IdentityEntry, caps.IDENTITY_BYTES)),
    "entry-body": (encode(LEAVE), lambda data: decode(data, e.EntryBody, caps.ENTRY_BYTES)),
    "record-header": (encode(HEADER), lambda data: decode(data, Header, caps.RECORD_BYTES)),
    "content-close": (content.write(content.Close(), MINUTE), content.read),
    "content-answer": (content.write(ANSWER, MINUTE), content.read),
    "context-epoch": (
        context_bytes(EpochContext("records", SPACE, 1)),
        lambda data: decode(data.removeprefix(Label.CONTEXT.prefix()), EpochContext, 256),
    ),
    "context-grant": (
        context_bytes(GRANT),
        lambda data: decode(data.removeprefix(Label.CONTEXT.prefix()), GrantContext, 256),
    ),
}


def _device() -> dict[str, str]:
    signing, sealing = derive(SECRET, DeviceContext("signing")), derive(SECRET, DeviceContext("sealing"))
    login = derive(SECRET, DeviceContext("login"))
    return {
        "secret": SECRET.expose().hex(),
        "signing seed": signing.expose().hex(),
        "device id": DEVICE.id.hex(),
        "sealing seed": sealing.expose().hex(),
        "SHA-256 of the sealing key": sha256(sealing_public(sealing)).hexdigest(),
        "login public key": bytes(SigningKey(login.expose()).verify_key).hex(),
        "storage key": DEVICE.storage.expose().hex(),
    }


def _epoch() -> dict[str, str]:
    return {
        "seed": SECRET.expose().hex(),
        "space": SPACE.hex(),
        "epoch": "1",
        "everyone": EPOCH.everyone.expose().hex(),
        "allies": EPOCH.circle("allies").expose().hex(),
        "history": derive(SECRET, EpochContext("history", SPACE, 1)).expose().hex(),
        "commit": EPOCH.commit().hex(),
        "records, everyone": EPOCH.record_key("everyone").expose().hex(),
        "records, allies": EPOCH.record_key("allies").expose().hex(),
        "entries, everyone": EPOCH.entry_key("everyone").expose().hex(),
        "entries, allies": EPOCH.entry_key("allies").expose().hex(),
    }


def _head() -> dict[str, str]:
    item = read(STATEMENT, Label.STATEMENT, Statement, caps.STATEMENT_BYTES)
    head = next_head(ZERO, 0, item.digest)
    return {
        "item digest": item.digest.hex(),
        "head at place 0, class 0": head.hex(),
        "head at place 1, class 2, same digest": next_head(head, 2, item.digest).hex(),
    }


def _code() -> dict[str, str]:
    return {
        "head": HEAD.hex(),
        "digest": digest(Label.CODE, HEAD).hex(),
        "indexes": " ".join(str(index) for index in _indexes(HEAD)),
        "code": roster_code(HEAD),
    }


def _indexes(head: bytes) -> list[int]:
    """By another way than the code: the digest as a string of bits."""
    bits = "".join(f"{byte:08b}" for byte in digest(Label.CODE, head))
    return [int(bits[at : at + 11], 2) for at in range(0, 66, 11)]


def _invitation() -> dict[str, str]:
    keys = InvitationKeys(SPACE, Secret(INVITATION.secret))
    text = to_text(INVITATION)
    assert read_invitation(text) == INVITATION
    return {
        "secret": INVITATION.secret.hex(),
        "space": SPACE.hex(),
        "signing key, public": keys.public.hex(),
        "letter key": keys.letter_key.expose().hex(),
        "text": text,
    }


VALUES: Mapping[str, Mapping[str, str]] = {
    "device": _device(),
    "epoch": _epoch(),
    "head": _head(),
    "roster-code": _code(),
    "invitation": _invitation(),
    "padme": {str(size): str(padme(size)) for size in (1_024, 1_025, 2_000, 10_000, 100_000, 1_000_000, 67_108_864)},
}
