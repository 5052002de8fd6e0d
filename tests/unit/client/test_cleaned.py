"""What leaves is cleaned by default, and people are told (row F08); nothing of it lies on the disk in clear (T04)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from securecall_client.acts import checking, documents
from securecall_client.cleaning import UncleanableError
from securecall_client.results.documents import AddedDocument
from tests.simulator.people import Stage, check_plain
from tests.unit.cleaning import made

pytestmark = pytest.mark.slow

RECORDING = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
UNCLEANABLE = {
    "film.mp4": (RECORDING, "sound and video"),
    "plan.pdf": (b"%PDF-1.7\nnothing behind it", "damaged"),
    "plan.doc": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "of the old kind"),
    "photo.heic": (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
}
AS_IT_IS = {"noise.bin": bytes(range(256)), "photos.zip": b"", "report.pdf": b"\x00no pdf"}


async def sent(stage: Stage, name: str, data: bytes, **options: bool) -> tuple[AddedDocument, bytes, list[str]]:
    """Put a file up as Ann; what is told of it, and what Bob then has."""
    path = stage.root / name
    path.write_bytes(data)
    said = stage["Ann"].say.lines
    del said[:]
    async with stage["Ann"].open() as session:
        [added] = (await documents.add_documents(session, stage.call.hex(), [path], "allies", **options)).documents
    assert path.read_bytes() == data
    got = stage.root / f"got-{name}"
    async with stage["Bob"].open() as session:
        await documents.get_document(session, stage.call.hex(), added.document, got)
    return added, got.read_bytes(), list(said)


async def test_f08_a_photo_leaves_without_where_it_was_taken(stage: Stage) -> None:
    added, got, said = await sent(stage, "photo.jpg", made.image("JPEG"))
    assert added.metadata == "removed"
    assert {"place", "author"} <= {each.what for each in added.hidden}
    assert (added.size, made.AUTHOR.encode() in got) == (len(got), False)
    [line] = said
    assert line.startswith("Removed from what is sent of photo.jpg: ")
    assert "where it was taken" in line
    assert line.endswith("Your own file stays as it is.")


async def test_f08_it_is_sent_as_it_is_by_wish_and_that_is_said(stage: Stage) -> None:
    data = made.image("JPEG")
    added, got, said = await sent(stage, "photo.jpg", data, keep_metadata=True)
    assert (added.metadata, got) == ("kept", data)
    assert said[0].startswith("photo.jpg is sent as it is, with all that it hides. It holds: ")
    for name, (content, _) in UNCLEANABLE.items():
        added, got, said = await sent(stage, name, content, keep_metadata=True)
        assert (added.metadata, got) == ("kept", content)
        assert said[0].endswith("Nobody could look into it.")


@pytest.mark.parametrize("name", UNCLEANABLE)
async def test_f08_what_tells_about_people_and_cannot_be_cleaned_is_not_sent(stage: Stage, name: str) -> None:
    content, words = UNCLEANABLE[name]
    with pytest.raises(UncleanableError, match=words) as caught:
        await sent(stage, name, content)
    check_plain(caught.value)
    assert "--keep-metadata" in (caught.value.hint or "")
    async with stage["Ann"].open() as session:
        assert (await documents.list_documents(session, stage.call.hex())).documents == []
        assert not session.blobs.any()


async def test_f08_what_nobody_knows_is_sent_as_it_is_with_a_warning_and_text_without(stage: Stage) -> None:
    for name, content in AS_IT_IS.items():
        data = content or made.packed({"a.jpg": made.image("JPEG")})
        added, got, said = await sent(stage, name, data)
        assert (added.metadata, got) == ("unknown", data)
        assert said == [f"Nothing here can look into files of the kind of {name}: it is sent with all that it hides."]
    added, got, said = await sent(stage, "note.txt", b"what it says")
    assert (added.metadata, got, said) == ("none", b"what it says", [])


async def test_f08_a_new_version_is_cleaned_too(stage: Stage) -> None:
    document = await stage.put_up("Ann", "a.txt", b"old")
    (stage.root / "b.docx").write_bytes(made.docx())
    async with stage["Ann"].open() as session:
        placed = await documents.replace_document(session, stage.call.hex(), document, stage.root / "b.docx")
        await documents.get_document(session, stage.call.hex(), document, stage.root / "got")
    assert (placed.metadata, placed.version) == ("removed", 2)
    assert made.AUTHOR.encode() not in made.everything((stage.root / "got").read_bytes())


async def test_f08_what_a_file_hides_can_be_asked_before(tmp_path: Path) -> None:
    for name, content in {"photo.jpg": made.image("JPEG"), "a.txt": b"text", "film.mp4": RECORDING}.items():
        (tmp_path / name).write_bytes(content)
    checked = await checking.check_files([tmp_path / "photo.jpg", tmp_path / "a.txt", tmp_path / "film.mp4"])
    photo, text, film = checked.files
    assert (photo.metadata, text.metadata, film.metadata) == ("removed", "none", "unknown")
    assert (photo.uncleanable, text.hidden) == (None, [])
    assert "sound and video" in (film.uncleanable or "")


@pytest.mark.skipif(shutil.which("strace") is None, reason="system calls are watched with strace")
def test_t04_no_byte_of_a_file_that_is_cleaned_is_written_to_a_disk(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(made.image("JPEG", 6))
    log = tmp_path / "log"
    code = "import sys; from securecall_client.cli import main; sys.exit(main())"
    program = [sys.executable, "-B", "-c", code, "doc", "check", str(tmp_path / "photo.jpg")]
    watch = ["strace", "-f", "-qq", "-e", "trace=open,openat,creat,memfd_create", "-o", str(log)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([*watch, *program], capture_output=True, text=True, check=True, env=environment)
    assert "where it was taken" in done.stdout
    calls = log.read_text().splitlines()
    assert any("photo.jpg" in call for call in calls)
    written = [call for call in calls if any(word in call for word in ("O_WRONLY", "O_RDWR", "O_CREAT", "creat("))]
    assert [call for call in written if "/dev/" not in call and "__pycache__" not in call] == []
