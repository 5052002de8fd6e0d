"""Make the test vectors in this folder: ``python keys/vectors/make.py``.

Randomness comes from a fixed stream, so every run writes the same bytes. HPKE alone is randomised inside its
library: the grants it made are kept in `grants.json`, by the digest of what went in, and used again.
"""

import io
import json
from pathlib import Path

import msgspec
from beats import beats_document
from faults import tell
from linking import linking_document
from pages import pages_document
from sealed_answers import sealed_document
from story import Document, Grants, Story, fixed, seed

from securecall import caps
from securecall import entries as e
from securecall.code import roster_code
from securecall.wire import ZERO, Signed, decode
from securecall_keys import blobs
from securecall_keys.context import DeviceContext, GrantContext, NoticeContext, context_bytes
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.invitation import InvitationKeys, InvitationText, to_text
from securecall_keys.keyring import make_grant
from securecall_keys.keystore import lock_keystore
from securecall_keys.padding import pad
from securecall_keys.primitives import derive, sealing_public
from securecall_keys.secret import Secret

HERE = Path(__file__).parent


def bad_grants(story: Story) -> Document:
    """Grants that a device refuses, for the first device of the story's first entry."""
    amina = story.people["amina"]
    item = bytes.fromhex(str(story.items[0]["item"]))
    entry = decode(decode(item, Signed, caps.ENTRY_BYTES).payload, e.Entry, caps.ENTRY_BYTES)
    line, commit = entry.body.grants[0], story.chain.commits[0]
    context = GrantContext(ZERO, 0, ZERO, commit, amina.member, line.device, line.kind)
    public = amina.identity.devices[line.device].sealing
    made: Document = {}
    for name, epoch, key, where in (
        ("the server's own key", 0, "the server's key", context),
        ("another epoch", 5, "any", context),
        ("another context", 0, "any", msgspec.structs.replace(context, member=ZERO)),
    ):
        keys = EpochKeys.from_seed(ZERO, epoch, Secret(seed(key)))
        made[name] = make_grant(public, where, [keys]).hex()
    return {"about": "grants for the first device of entry 0 that it refuses", "device": "amina 0", "boxes": made}


def keys_document() -> Document:
    """What follows from given secrets, and what is sealed under them."""
    secret = Secret(seed("device"))
    device, epoch = DeviceKeys(secret), EpochKeys.from_seed(seed("space"), 3, Secret(seed("epoch")))
    context = NoticeContext(seed("space"), seed("author"), seed("record")[:16])
    sealing = derive(secret, DeviceContext("sealing"))
    text = InvitationText("https://call.example", seed("space"), e.Seen(4, seed("head")), seed("one-time")[:16])
    blob = blobs.BlobKey(seed("blob")[:16], Secret(seed("blob key")))
    return {
        "device": {
            "secret": secret.expose().hex(),
            "id": device.id.hex(),
            "identity": device.begin_identity(1).hex(),
            "sealing": sealing_public(sealing).hex(),
            "storage": device.storage.expose().hex(),
        },
        "epoch": {
            "space": seed("space").hex(),
            "epoch": 3,
            "seed": seed("epoch").hex(),
            "everyone": epoch.everyone.expose().hex(),
            "allies": epoch.circle("allies").expose().hex(),
            "commit": epoch.commit().hex(),
            "records": epoch.record_key("allies").expose().hex(),
            "entries": epoch.entry_key("everyone").expose().hex(),
            "beats": epoch.beat_key().expose().hex(),
        },
        "context": context_bytes(context).hex(),
        "padded": {text: pad(text.encode()).hex() for text in ("", "yes")},
        "invitation": {"text": to_text(text), "key": InvitationKeys(text.space, Secret(text.secret)).public.hex()},
        "keystore": lock_keystore(secret, Secret(seed("key")), passphrase=False).hex(),
        "blob": {
            "blob": blob.blob.hex(),
            "key": blob.key.expose().hex(),
            "content": "a short file",
            "chunks": [c.hex() for c in blobs.seal_chunks(blob, 12, io.BytesIO(b"a short file").read)],
        },
    }


def make(grants: Grants) -> dict[str, Document]:
    """Every document by its name; grants that are not in ``grants`` are made and put there."""
    with fixed(grants):
        story = Story()
        tell(story)
        chain: Document = {
            "about": "a call from its creation to its end, with every change; each item is accepted",
            "expect": "valid",
            "space": story.chain.space.hex(),
            "items": story.items,
            "heads": [head.hex() for head in story.chain.heads],
            "code": roster_code(story.chain.head),
            "commits": {str(epoch): commit.hex() for epoch, commit in story.chain.commits.items()},
            "devices": {
                f"{person.name} {n}": device.secret.expose().hex()
                for person in story.people.values()
                for n, device in enumerate(person.devices)
            },
            "contents": story.contents,
        }
        documents = {"chain": chain, "keys": keys_document(), "bad-grants": bad_grants(story)}
        documents["beats"] = beats_document(story)
        documents["linking"] = linking_document()
        documents["sealed-answers"] = sealed_document()
        documents["pages"] = pages_document()
        return documents | {f"fault-{name}": fault for name, fault in story.faults.items()}


def text_of(document: Document | Grants) -> str:
    """A document as it stands in its file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all files anew."""
    kept = HERE / "grants.json"
    grants: Grants = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    for name, document in make(grants).items():
        (HERE / f"{name}.json").write_text(text_of(document), "utf-8")
    kept.write_text(text_of(grants), "utf-8")


if __name__ == "__main__":
    main()
