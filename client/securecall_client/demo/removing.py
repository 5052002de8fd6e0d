"""Step 7: an ally whose laptop was seized is removed, and what they hold opens nothing that follows."""

import asyncio
from pathlib import Path
from typing import Final

from securecall import entries as e
from securecall.records import Record
from securecall_client.demo import papers, rows
from securecall_client.demo.answering import answer
from securecall_client.demo.calling import CALL
from securecall_client.demo.cast import CAST
from securecall_client.demo.person import CommandError
from securecall_client.demo.scene import Scene
from securecall_client.demo.store import Item, Store
from securecall_client.demo.thief import Haul, Thief
from securecall_client.results.calls import Removed
from securecall_client.results.documents import AddedDocuments, GotDocument

TITLE: Final = "The removed ally's laptop was seized: their client with all its keys opens nothing new"
NEW_NAME: Final = "after-the-removal.txt"
NEW_TEXT: Final = "Written after the removal: meet where the two causeways cross.\n"
_SEALED: Final = ("record", "label", "chunk")


async def play(scene: Scene) -> None:
    """Write on, and attack with what was seized before the removal. Raises: CommandError, SecureCallError, OSError."""
    seized, removed = scene.person("seized"), scene.removed
    if removed is None:
        raise CommandError("Nobody was removed in the step before.")
    file = scene.paper(NEW_NAME, NEW_TEXT)
    await _write_on(scene, file)
    store = await asyncio.to_thread(scene.store, blobs=True)
    reading = asyncio.create_task(_read_on(scene, file))
    entry = _removal(store, scene.space)
    _check_entry(scene, store, entry, removed)
    _check_receipt(scene, removed, seized.name, _answers_before(scene, store, entry.seq))
    passphrase = seized.passphrase_file.read_text().strip()
    thief = await asyncio.to_thread(Thief, scene.loot, passphrase, store)
    scene.canaries.plant_keys(thief.keys)
    before = await asyncio.to_thread(thief.open, scene.space, lambda seq: seq < entry.seq)
    after = await asyncio.to_thread(thief.open, scene.space, lambda seq: seq >= entry.seq)
    _check_attack(scene, before, after, len(thief.keys))
    _check_sealed(scene, before, after)
    await asyncio.gather(reading, _plant_all_keys(scene, store))


async def _write_on(scene: Scene, file: Path) -> None:
    """Those who stay put up a document and answer anew."""
    scene.canaries.plant(NEW_NAME, NEW_TEXT.strip())
    add = scene.get("focal", AddedDocuments, "doc", "add", CALL, str(file))
    await asyncio.gather(add, answer(scene, "ally", rows.FINAL["ally"]))


async def _read_on(scene: Scene, file: Path) -> None:
    copy = scene.folder / "read-after-the-removal"
    await scene.get("cochair", GotDocument, "doc", "get", CALL, NEW_NAME, "-o", str(copy))
    scene.checks.same("those who stayed read what is new", papers.sha256(copy), papers.sha256(file))


def _removal(store: Store, space: bytes) -> Item:
    """The newest entry that takes somebody out of the call."""
    entries = (item for item in reversed(store.items(space)) if isinstance(item.body, e.Entry))
    return next(item for item in entries if isinstance(_change(item), e.Remove))


def _change(item: Item) -> e.Change | None:
    return item.body.body.change if isinstance(item.body, e.Entry) else None


def _answers_before(scene: Scene, store: Store, seq: int) -> int:
    """How many answers stood open to all before a place: those of the guest, who was not asked sealed."""
    given = set(scene.answers.get("guest", ()))
    records = [item.body.header.id for item in store.items(scene.space)[:seq] if isinstance(item.body, Record)]
    return sum(record.hex() in given for record in records)


def _check_entry(scene: Scene, store: Store, item: Item, removed: Removed) -> None:
    body = item.body.body if isinstance(item.body, e.Entry) else None
    change = _change(item)
    start = body.start if body is not None else None
    gone = [store.member(line.device) for line in body.grants] if body is not None else []
    one = isinstance(change, e.Remove) and start is not None and start.epoch == removed.epoch
    out = isinstance(change, e.Remove) and not set(change.members) & set(gone)
    scene.checks.hold(
        "one entry, as the server stores it, removes the person and starts a new epoch without them",
        one and out and len(gone) == len(CAST) - 1,
        f"place {item.seq}, epoch {removed.epoch}, new keys to {len(gone)} devices",
    )


def _check_receipt(scene: Scene, removed: Removed, name: str, answers: int) -> None:
    receipt = removed.receipt
    scene.checks.same(
        "the receipt names who went and what they keep; of the sealed answers that is nothing",
        (
            [one.name for one in receipt.removed],
            receipt.documents,
            receipt.answers,
            receipt.sealed,
            name in receipt.keeps,
            name in receipt.from_now,
        ),
        ([name], scene.documents, answers, [], True, True),
        f"{receipt.documents} documents, {receipt.answers} answers. {receipt.keeps} {receipt.from_now}",
    )


def _check_attack(scene: Scene, before: Haul, after: Haul, keys: int) -> None:
    worked = all(before.tried[kind] == before.opened[kind] > 0 for kind in _SEALED) and before.opened["grant"] > 0
    scene.checks.hold(
        "the attack works: the seized client opens every record, label and chunk from before, from the server's copy",
        worked, f"{keys} keys; {_told(before)}",
    )  # fmt: skip
    tried = all(after.tried[kind] > 0 for kind in (*_SEALED, "grant", "link"))
    scene.checks.hold(
        "the same attack opens nothing written afterwards",
        tried and after.opened.total() == 0, _told(after),
    )  # fmt: skip


def _check_sealed(scene: Scene, before: Haul, after: Haul) -> None:
    tried, own = before.tried["answer"], len(scene.answers["seized"])
    scene.checks.hold(
        "it opens no sealed answer but its own: the reveal came after it",
        tried > before.opened["answer"] == own and after.opened["answer"] == 0,
        f"{before.opened['answer']} of {tried} answers from before the removal",
    )


def _told(haul: Haul) -> str:
    return ", ".join(f"{kind}s {haul.opened[kind]} of {tried}" for kind, tried in sorted(haul.tried.items()))


async def _plant_all_keys(scene: Scene, store: Store) -> None:
    """The keys of somebody who stayed, those of the new epoch among them."""
    owner = scene.person("secretariat")
    passphrase = owner.passphrase_file.read_text().strip()
    scene.canaries.plant_keys((await asyncio.to_thread(Thief, owner.home, passphrase, store)).keys)
