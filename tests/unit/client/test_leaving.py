"""What leaves the client: nothing that can be read, and nothing at all where sealing fails (rows S33, S36)."""

from pathlib import Path

import pytest

from securecall_client import content
from securecall_client.acts import calls, documents, exercises
from securecall_client.blobs import BlobStore
from securecall_client.demo.search import encodings
from securecall_client.errors import FileError, SecureCallError
from securecall_keys.invitation import read_invitation
from tests.answers import a_row, answer_of
from tests.simulator.people import CALL, LOCK, TITLE, Stage, check_plain, invite, kept, the_exercise

WORDS = [f"canary {word} of the reef" for word in ("activity", "need", "offer", "partner", "file", "content", "second")]
ACTIVITY, NEED, OFFER, PARTNER, FILE, CONTENT, SECOND = WORDS
PERSON, ORG = "Dorothea Quillfeather", "Lantern Legal Fund"


def everything(stage: Stage) -> bytes:
    """All bytes that anybody's transport was given."""
    return b"\x00".join(part for person in stage.people.values() for part in person.hostile.sent)


def found(data: bytes, needle: str | bytes) -> list[str]:
    """The encodings in which a needle stands there."""
    return [name for name, form in encodings(needle).items() if form in data]


async def test_s33_nothing_that_leaves_can_be_read(stage: Stage, tmp_path: Path) -> None:
    played = Stage(tmp_path / "fresh", type(stage.server)())
    await played.set_up()
    async with played["Sec"].open() as session:
        text = await invite(session, PERSON, org=ORG)
    await played[PERSON].join(text)
    async with played["Ann"].open() as session:
        row = a_row(ACTIVITY, "KI-L", "2026-11", "2026-12", "planned", (PARTNER,), (NEED,), (OFFER,))
        exercise = await the_exercise(session, played.call)
        await exercises.answer_exercise(session, played.call.hex(), exercise, answer_of(row))
        await calls.show_call(session, played.call.hex())
        view = await session.view(played.call)
        secrets = [session.device.secret.expose(), LOCK.secret.expose(), read_invitation(text).secret]
        secrets += [keys.seed.expose() for keys in view.ring.epochs() if keys.seed is not None]
        secrets += [keys.everyone.expose() for keys in view.ring.epochs()]
    await played.put_up("Bob", f"{FILE}.txt", (CONTENT + "\n").encode() * 400)
    async with played["Sec"].open() as session:
        await calls.rotate_call(session, played.call.hex())
        await calls.close_call(session, played.call.hex())
    sent = everything(played)
    assert len(sent) > 20_000
    names = [TITLE, CALL, "Secretariat", "Harbour Watch", PERSON, ORG, "who-does-what", "2026-11"]
    needles: list[str | bytes] = [*WORDS, *names, *secrets]
    assert {needle: found(sent, needle) for needle in needles if len(needle) >= 8 and found(sent, needle)} == {}


async def test_s33_the_search_finds_what_is_there(stage: Stage) -> None:
    stage["Ann"].hostile.sent.append(b"..." + ACTIVITY.encode("utf-16-le") + b"...")
    assert found(everything(stage), ACTIVITY) == ["utf-16-le"]


async def test_s36_a_file_that_shrinks_or_vanishes_sends_nothing(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Ann")
    ann = stage["Ann"]
    missing, folder = tmp_path / "missing.pdf", tmp_path / "folder.pdf"
    folder.mkdir()
    before = kept(ann)
    async with ann.open() as session:
        sent = len(ann.hostile.sent)
        for path in (missing, folder):
            with pytest.raises(FileError) as caught:
                await documents.add_documents(session, stage.call.hex(), [path], "allies")
            assert caught.value.exit_code == 1
    assert len(ann.hostile.sent) == sent
    assert kept(ann) == before
    await stage.put_up("Ann", "there.pdf", b"there")


async def test_s36_what_was_sealed_and_is_gone_from_the_disk_is_not_sent_in_part(stage: Stage, tmp_path: Path) -> None:
    """The chunks that wait here are deleted by another program: the record does not go without them."""
    await stage.sync("Cem")
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 3000)
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await documents.add_documents(session, stage.call.hex(), [path], "allies")
    [blob] = (ann.home / "chunks").iterdir()
    BlobStore(ann.home / "chunks").forget(bytes.fromhex(blob.name))
    places = stage.places
    with pytest.raises(SecureCallError) as caught:
        await stage.sync("Ann")
    check_plain(caught.value)
    assert stage.places == places


LONG = "n" * 150


async def test_s36_an_answer_too_large_for_a_record_is_refused_and_nothing_waits(stage: Stage) -> None:
    await stage.sync("Ann")
    ann = stage["Ann"]
    rows = tuple(a_row(f"{LONG}{n}", "FR", None, None, "planned", (LONG,), (), ()) for n in range(400))
    before = kept(ann)
    async with ann.open() as session:
        sent = len(ann.hostile.sent)
        exercise = await the_exercise(session, stage.call)
        with pytest.raises(SecureCallError) as caught:
            await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(*rows))
        check_plain(caught.value)
        assert caught.value.exit_code == 1
        assert len(ann.hostile.sent) == sent
    assert kept(ann) == before
    assert await ann.answer(stage.call) == "server"


async def test_what_others_could_not_read_is_not_written(stage: Stage) -> None:
    """A name longer than a document's may be: told to its author, not shown as void to all others."""
    await stage.sync("Ann")
    async with stage["Ann"].open() as session:
        body = content.Document(bytes(16), 1, "n" * 201, "text/plain", 1, bytes(16), bytes(32), [bytes(32)])
        with pytest.raises(SecureCallError) as caught:
            await session.writer.write(stage.call, body, "allies")
        check_plain(caught.value)
        assert await session.replica.waiting() == []


async def test_a_file_whose_name_is_too_long_is_refused_before_it_is_sealed(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Ann")
    path = tmp_path / ("n" * 205)
    path.write_bytes(b"x")
    ann = stage["Ann"]
    before = kept(ann)
    async with ann.open() as session:
        with pytest.raises(FileError) as caught:
            await documents.add_documents(session, stage.call.hex(), [path], "allies")
        check_plain(caught.value)
    assert kept(ann) == before
