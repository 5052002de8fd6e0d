"""Documents that are replaced and withdrawn, through the client (rows S14, M19, O13, R04)."""

from pathlib import Path

import pytest

from securecall_client.acts import calls, documents, removing, withdrawing
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.documents import WithdrawnDocument
from tests.simulator.people import Stage, check_plain

pytestmark = pytest.mark.slow

OLD, NEW = b"the old text", b"the new text, which is longer"


async def replace(stage: Stage, name: str, document: str, data: bytes, file: str = "b.txt") -> int:
    path = stage.root / file
    path.write_bytes(data)
    async with stage[name].open() as session:
        return (await documents.replace_document(session, stage.call.hex(), document, path)).version


async def fetch(stage: Stage, name: str, document: str, version: int | None = None) -> bytes:
    path = stage.root / f"got by {name}"
    path.unlink(missing_ok=True)
    async with stage[name].open() as session:
        await documents.get_document(session, stage.call.hex(), document, path, version)
    return path.read_bytes()


async def listed(stage: Stage, name: str) -> list[tuple[str, int, bool]]:
    async with stage[name].open() as session:
        lines = (await documents.list_documents(session, stage.call.hex())).documents
        return [(line.name, line.version, line.withdrawn) for line in lines]


async def withdraw(stage: Stage, name: str, document: str) -> WithdrawnDocument:
    async with stage[name].open() as session:
        return await withdrawing.withdraw_document(session, stage.call.hex(), document)


async def test_s14_the_newest_version_is_the_document_and_older_ones_are_kept(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    assert await replace(stage, "Ann", document, NEW) == 2
    assert await replace(stage, "Bob", document, NEW + b"!", "c.txt") == 3
    assert await listed(stage, "Cem") == [("c.txt", 3, False)]
    assert await fetch(stage, "Cem", document) == NEW + b"!"
    assert await fetch(stage, "Cem", document, 1) == OLD
    assert await fetch(stage, "Cem", "c.txt", 2) == NEW
    with pytest.raises(NotFoundError) as caught:
        await fetch(stage, "Cem", document, 4)
    check_plain(caught.value)


async def test_two_versions_at_once_are_both_kept(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    await stage.sync("Bob")

    async def first() -> None:
        assert await replace(stage, "Bob", document, b"by Bob") == 2

    stage["Ann"].hostile.meanwhile["append"] = first
    assert await replace(stage, "Ann", document, b"by Ann") == 3
    assert await listed(stage, "Cem") == [("b.txt", 3, False)]
    assert [await fetch(stage, "Cem", document, n) for n in (1, 2, 3)] == [OLD, b"by Bob", b"by Ann"]


async def test_m07_only_its_author_owners_and_chairs_replace_or_withdraw(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    places = stage.places
    with pytest.raises(RefusedError) as caught:
        await replace(stage, "Cem", document, NEW)
    check_plain(caught.value)
    with pytest.raises(RefusedError) as caught:
        await withdraw(stage, "Cem", document)
    check_plain(caught.value)
    assert stage.places == places
    assert list((stage["Cem"].home / "chunks").iterdir()) == []


@pytest.mark.parametrize("who", ["Ann", "Bob"])
async def test_o13_what_is_withdrawn_is_gone_from_the_server_and_its_key_from_every_state(
    who: str, stage: Stage
) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    await replace(stage, "Ann", document, NEW)
    kept = await stage.put_up("Ann", "kept.txt", OLD)
    await stage.sync("Cem")
    await stage["Cem"].answer(stage.call)
    done = await withdraw(stage, who, document)
    assert done.saved in ("server", "others")
    assert len(stage.server.spaces[stage.call].blobs) == 1
    receipt = done.receipt
    assert "Cem" in [person.name for person in receipt.seen_by]
    everybody = {person.name for person in receipt.seen_by + receipt.could_open}
    assert everybody == {"Sec", "Bob", "Ann", "Cem"} - {who}
    assert "stay with them" in receipt.keeps
    assert "Nobody can fetch it" in receipt.from_now
    for name in ("Cem", "Ann"):
        assert await listed(stage, name) == [("b.txt", 2, True), ("kept.txt", 1, False)]
        for version in (None, 1):
            with pytest.raises(RefusedError) as caught:
                await fetch(stage, name, document, version)
            check_plain(caught.value)
            assert "was withdrawn" in str(caught.value)
        async with stage[name].open() as session:
            versions = (await session.view(stage.call)).state.documents[bytes.fromhex(document)]
            assert {version.body.key for version in versions} == {bytes(32)}
    assert await fetch(stage, "Cem", kept) == OLD


async def test_a_document_is_still_found_by_the_name_of_an_older_version(stage: Stage, tmp_path: Path) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    (tmp_path / "b.txt").write_bytes(NEW)
    async with stage["Ann"].open() as session:
        placed = await documents.replace_document(session, stage.call.hex(), "a.txt", tmp_path / "b.txt")
    assert (placed.name, placed.version, placed.document) == ("b.txt", 2, document)
    assert (await withdraw(stage, "Ann", "a.txt")).receipt.withdrawn == "b.txt"


async def test_what_is_withdrawn_is_neither_replaced_nor_withdrawn_again(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    await withdraw(stage, "Ann", document)
    with pytest.raises(RefusedError) as caught:
        await replace(stage, "Ann", document, NEW)
    check_plain(caught.value)
    with pytest.raises(RefusedError) as caught:
        await withdraw(stage, "Sec", document)
    check_plain(caught.value)


async def test_a_closed_call_still_lets_documents_be_withdrawn(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    assert (await withdraw(stage, "Ann", document)).saved != "here"


async def test_two_who_withdraw_at_once_are_both_told_that_it_is_done(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    await replace(stage, "Ann", document, NEW)
    await stage.sync("Bob")

    async def first() -> None:
        await withdraw(stage, "Bob", document)

    stage["Ann"].hostile.meanwhile["append"] = first
    assert (await withdraw(stage, "Ann", document)).saved == "server"
    async with stage["Ann"].open(offline=True) as session:
        assert await session.replica.refusals() == []
        assert await session.replica.waiting() == []
    assert stage.server.spaces[stage.call].blobs == {}


async def test_what_is_withdrawn_offline_goes_with_the_next_sync(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    async with stage["Ann"].open(offline=True) as session:
        done = await withdrawing.withdraw_document(session, stage.call.hex(), document)
    assert done.saved == "here"
    assert "until then" in done.receipt.from_now
    assert len(stage.server.spaces[stage.call].blobs) == 1
    await stage.sync("Ann")
    assert stage.server.spaces[stage.call].blobs == {}


async def test_who_came_after_a_withdrawal_could_not_open_it_and_who_went_before_could(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Cem"])
    receipt = (await withdraw(stage, "Ann", document)).receipt
    assert "Cem" in {person.name for person in receipt.seen_by + receipt.could_open}


async def test_m19_every_version_has_a_key_and_a_blob_of_its_own(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", OLD)
    await replace(stage, "Ann", document, OLD)
    async with stage["Ann"].open() as session:
        first, second = (await session.view(stage.call)).state.documents[bytes.fromhex(document)]
    assert first.body.key != second.body.key
    assert first.body.blob != second.body.blob
    assert first.body.digests != second.body.digests
