"""Our own vectors: each is replayed, and making them anew gives the same bytes (S04, S11, S28, S42)."""

import importlib
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from securecall import entries as e
from securecall.beats import check_beat, read_beat
from securecall.chain import SpaceChain
from securecall.code import roster_code
from securecall.errors import InvalidError
from securecall.identity import begin
from securecall.labels import Label, digest
from securecall.records import Record
from securecall.wire import ZERO, Signed, decode
from securecall_keys.beats import open_beat
from securecall_keys.blobs import BlobKey, chunk_digest, open_chunk
from securecall_keys.context import GrantContext
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys, space_in
from securecall_keys.errors import BadGrantError, CannotOpenError
from securecall_keys.invitation import InvitationKeys, read_invitation
from securecall_keys.keyring import KeyRing
from securecall_keys.keystore import unlock_keystore
from securecall_keys.padding import unpad
from securecall_keys.records import open_record
from securecall_keys.secret import Secret

FOLDER = Path(__file__).parents[2] / "keys" / "vectors"
FILES = sorted(path.stem for path in FOLDER.glob("*.json"))
FAULTS = [name for name in FILES if name.startswith("fault-")]
CHANGES = 13
KEYSTORE_KEY = sha256(b"securecall vectors key").digest()


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return document


CHAIN = load("chain")


def unhex(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def replay(places: int) -> SpaceChain:
    """The first places of the valid chain."""
    chain = SpaceChain(bytes.fromhex(CHAIN["space"]))
    for place in CHAIN["items"][:places]:
        chain.append(place["class"], bytes.fromhex(place["item"]), unhex(place["identities"]))
    return chain


def test_the_valid_chain_is_accepted_and_shows_every_change() -> None:
    chain = replay(len(CHAIN["items"]))
    assert [head.hex() for head in chain.heads] == CHAIN["heads"]
    assert roster_code(chain.head) == CHAIN["code"]
    assert {str(epoch): commit.hex() for epoch, commit in chain.commits.items()} == CHAIN["commits"]
    assert chain.destroyed


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_for_its_own_reason_and_leaves_no_trace(name: str) -> None:
    fault = load(name)
    chain = replay(fault["after"])
    with pytest.raises(InvalidError) as caught:
        chain.append(fault["class"], bytes.fromhex(fault["item"]), unhex(fault["identities"]))
    assert caught.value.problem.value == fault["expect"]
    assert [head.hex() for head in chain.heads] == CHAIN["heads"][: fault["after"]]


def test_every_change_stands_once_in_the_chain() -> None:
    seen, chain = set(), SpaceChain(bytes.fromhex(CHAIN["space"]))
    for place in CHAIN["items"]:
        step = chain.append(place["class"], bytes.fromhex(place["item"]), unhex(place["identities"]))
        if isinstance(step.body, e.Entry):
            seen.add(type(step.body.body.change))
    assert len(seen) == CHANGES


def test_S04_every_grant_opens_and_every_record_is_read() -> None:
    devices = {d.id: d for d in (DeviceKeys(Secret(bytes.fromhex(s))) for s in CHAIN["devices"].values())}
    rings = {device: KeyRing(bytes.fromhex(CHAIN["space"]), keys) for device, keys in devices.items()}
    chain, opened = SpaceChain(bytes.fromhex(CHAIN["space"])), {}
    amina = DeviceKeys(Secret(bytes.fromhex(CHAIN["devices"]["amina 0"]))).id
    for seq, place in enumerate(CHAIN["items"]):
        step = chain.append(place["class"], bytes.fromhex(place["item"]), unhex(place["identities"]))
        if isinstance(step.body, Record):
            opened[str(seq)] = open_record(step.body, rings[amina].epoch(chain.epoch)).decode()
            continue
        assert isinstance(step.body, e.Entry)
        body = step.body.body
        assert {line.device.hex() for line in body.grants} == place["grants"].keys()
        for line in body.grants:
            box = bytes.fromhex(place["grants"][line.device.hex()])
            rings[line.device].take_grant(box, line, context_of(chain, body, line), chain)
    assert opened == CHAIN["contents"]


def context_of(chain: SpaceChain, body: e.EntryBody, line: e.GrantLine) -> GrantContext:
    member = next(m.member for m in chain.roster.members.values() if m.device(line.device))
    epoch = chain.epoch
    space, commit = space_in(chain.space, epoch), chain.commits[epoch]
    return GrantContext(space, epoch, body.previous, commit, member, line.device, line.kind)


ERRORS = {"the server's own key": BadGrantError, "another epoch": BadGrantError, "another context": CannotOpenError}


@pytest.mark.parametrize("case", ERRORS)
def test_S04_S12_a_bad_grant_is_refused(case: str) -> None:
    document, chain = load("bad-grants"), replay(1)
    box = bytes.fromhex(document["boxes"][case])
    device = DeviceKeys(Secret(bytes.fromhex(CHAIN["devices"][document["device"]])))
    line = e.GrantLine(device.id, "seed", digest(Label.GRANT, box))
    member = chain.roster.owners()[0].member
    context = GrantContext(ZERO, 0, ZERO, chain.commits[0], member, device.id, "seed")
    ring = KeyRing(chain.space, device)
    with pytest.raises(ERRORS[case]):
        ring.take_grant(box, line, context, chain)
    assert ring.epochs() == []


BEATS = {beat["about"]: beat for beat in load("beats")["beats"] if beat["expect"] != "valid"}


@pytest.mark.parametrize("about", BEATS)
def test_a_beat_is_refused_for_its_own_reason(about: str) -> None:
    beat = BEATS[about]
    with pytest.raises(InvalidError) as caught:
        check_beat(replay(beat["after"]), read_beat(bytes.fromhex(beat["beat"])))
    assert caught.value.problem.value == beat["expect"]


def test_good_beats_are_taken_and_opened() -> None:
    document = load("beats")
    good = [beat for beat in document["beats"] if beat["expect"] == "valid"]
    assert good
    amina = DeviceKeys(Secret(bytes.fromhex(CHAIN["devices"]["amina 0"])))
    for given in good:
        chain, ring = replay(given["after"]), KeyRing(bytes.fromhex(CHAIN["space"]), amina)
        beat = read_beat(bytes.fromhex(given["beat"]))
        check_beat(chain, beat)
        place = CHAIN["items"][chain.starts[chain.epoch]]
        body = decode(decode(bytes.fromhex(place["item"]), Signed, 1 << 20).payload, e.Entry, 1 << 20).body
        [line] = [line for line in body.grants if line.device == amina.id]
        ring.take_grant(bytes.fromhex(place["grants"][amina.id.hex()]), line, context_of(chain, body, line), chain)
        text = open_beat(beat.value, ring.epoch(chain.epoch))
        assert text.nonce.hex() == document["text"]["nonce"]
        assert [nonce.hex() for nonce in text.heard] == document["text"]["heard"]
        assert (text.minute, text.here, text.writing) == (29_000_000, True, False)


def test_keys_follow_from_their_secrets() -> None:
    document = load("keys")
    given, device = document["device"], DeviceKeys(Secret(bytes.fromhex(document["device"]["secret"])))
    identity = begin(bytes.fromhex(given["identity"]))
    assert device.id.hex() == given["id"] == identity.live()[0].device.hex()
    assert identity.live()[0].sealing.hex() == given["sealing"]
    assert device.storage.expose().hex() == given["storage"]
    assert device.begin_identity(1).hex() == given["identity"]
    given = document["epoch"]
    epoch = EpochKeys.from_seed(bytes.fromhex(given["space"]), given["epoch"], Secret(bytes.fromhex(given["seed"])))
    assert epoch.everyone.expose().hex() == given["everyone"]
    assert epoch.circle("allies").expose().hex() == given["allies"]
    assert epoch.commit().hex() == given["commit"]
    assert epoch.record_key("allies").expose().hex() == given["records"]
    assert epoch.entry_key("everyone").expose().hex() == given["entries"]
    assert epoch.beat_key().expose().hex() == given["beats"]


def test_what_was_sealed_opens() -> None:
    document = load("keys")
    assert (
        unlock_keystore(bytes.fromhex(document["keystore"]), Secret(KEYSTORE_KEY)).expose().hex()
        == document["device"]["secret"]
    )
    assert {unpad(bytes.fromhex(data)).decode() for data in document["padded"].values()} == {"", "yes"}
    blob = document["blob"]
    key = BlobKey(bytes.fromhex(blob["blob"]), Secret(bytes.fromhex(blob["key"])))
    (chunk,) = unhex(blob["chunks"])
    assert open_chunk(key, 0, len(blob["content"]), [chunk_digest(chunk)], chunk).decode() == blob["content"]
    text = read_invitation(document["invitation"]["text"])
    assert InvitationKeys(text.space, Secret(text.secret)).public.hex() == document["invitation"]["key"]


def test_making_them_anew_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    make = importlib.import_module("make")
    grants = load("grants")
    known = dict(grants)
    documents = make.make(grants)
    assert grants == known
    write: Callable[[object], str] = make.text_of
    texts = {name: write(document) for name, document in documents.items()}
    assert texts.keys() | {"grants"} == set(FILES)
    changed = [name for name, text in texts.items() if (FOLDER / f"{name}.json").read_text("utf-8") != text]
    assert changed == []
