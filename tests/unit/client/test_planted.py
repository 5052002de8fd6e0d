"""Documents that were planted in somebody's name, archives that want to be unpacked, and a profile that somebody has
taken: rows S17, F03 and T02.
"""

import base64
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from securecall.records import BlobRef
from securecall_client import clock, content
from securecall_client.acts import documents
from securecall_client.errors import ProfileError, ProofError
from securecall_client.profile import Lock, Profile
from securecall_client.session import Session
from securecall_keys.author import Author
from securecall_keys.blobs import BlobKey, chunk_digest, seal_chunks
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import CannotOpenError, KeystoreError, WrongPassphraseError
from securecall_keys.keystore import unlock_keystore
from securecall_keys.primitives import unseal
from securecall_keys.secret import Secret
from tests.simulator.forging import forge_record
from tests.simulator.hostile import extend_with
from tests.simulator.people import CALL, LOCK, TITLE, Stage, member_of

FILE = b"what Ann never wrote"


async def plant(stage: Stage, member: Callable[[Session], bytes], device: Callable[[], DeviceKeys]) -> tuple[str, ...]:
    """Put a document into the call as its server would, sealed with a key that Bob gave away; who signs for whom is
    told. Gives the names that Cem sees listed then.
    """
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        key = BlobKey.generate()
        chunks = list(seal_chunks(key, len(FILE), io.BytesIO(FILE).read))
        digests = list(map(chunk_digest, chunks))
        said = content.Document(
            bytes(16), 1, "planted.txt", "text/plain", len(FILE), key.blob, key.key.expose(), digests
        )
        blobs = [BlobRef(key.blob, len(chunks), sum(map(len, chunks)))]
        author = Author(member(session), device())
        place = forge_record(view, author, content.write(said, clock.minute()), "allies", blobs=blobs)
    stage["Cem"].hostile.tell(stage.call, extend_with(place))
    with pytest.raises(ProofError):
        async with stage["Cem"].open() as session:
            await session.synced(stage.call)
    async with stage["Cem"].open(offline=True) as session:
        return tuple(line.name for line in (await documents.list_documents(session, stage.call.hex())).documents)


async def test_s17_a_document_in_a_members_name_by_another_hand_is_not_listed(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        ann = member_of(await session.synced(stage.call), "Ann")
    await stage.put_up("Ann", "true.txt", b"what Ann wrote")
    await stage.sync("Cem")
    bob = Profile(stage["Bob"].home).unlock(LOCK)
    assert await plant(stage, lambda _: ann, lambda: bob) == ("true.txt",)
    assert await plant(stage, lambda _: ann, DeviceKeys.generate) == ("true.txt",)


async def test_s17_a_document_by_someone_who_is_not_a_member_is_not_listed(stage: Stage) -> None:
    await stage.sync("Cem")
    stranger = DeviceKeys.generate()
    assert await plant(stage, lambda _: b"\x07" * 32, lambda: stranger) == ()


def zipped() -> bytes:
    """An archive whose names lead out of any folder."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../out.txt", b"out")
        archive.writestr("/securecall-out.txt", b"out")
    return made.getvalue()


def tarred() -> bytes:
    """An archive with a link that leads out, and a file behind it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        link = tarfile.TarInfo("folder")
        link.type, link.linkname = tarfile.SYMTYPE, ".."
        archive.addfile(link)
        inside = tarfile.TarInfo("folder/out.txt")
        inside.size = 3
        archive.addfile(inside, io.BytesIO(b"out"))
    return made.getvalue()


@pytest.mark.parametrize(("name", "make"), [("plans.zip", zipped), ("plans.tar.gz", tarred)])
async def test_f03_an_archive_is_fetched_as_it_is_and_never_unpacked(
    name: str, make: Callable[[], bytes], stage: Stage
) -> None:
    archive, folder = make(), stage.root / "fetched"
    document = await stage.put_up("Ann", name, archive)
    folder.mkdir()
    before = {path for path in stage.root.rglob("*") if path.is_file()}
    async with stage["Cem"].open() as session:
        got = await documents.get_document(session, stage.call.hex(), document, folder / name)
    assert (folder / name).read_bytes() == archive
    assert Path(got.path or "") == folder / name
    written = {path for path in stage.root.rglob("*") if path.is_file()} - before
    assert {path for path in written if stage["Cem"].home not in path.parents} == {folder / name}


async def test_t02_no_file_of_a_profile_holds_a_key_or_a_word_in_clear(stage: Stage) -> None:
    """Every secret that the profile leads to, and what people wrote, sought in each of its files, also encoded."""
    await stage.play()
    await stage.put_up("Ann", "names.txt", b"the canary sings at dawn")
    ann = Profile(stage["Ann"].home)
    device = ann.unlock(LOCK)
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        seeds = [keys.seed.expose() for keys in view.ring.epochs() if keys.seed is not None]
        everyone = [keys.everyone.expose() for keys in view.ring.epochs()]
        blobs = [version.body.key for versions in view.state.documents.values() for version in versions]
        await session.alarms.keep("odd", "The canary is odd.")
    own = [device.secret, device.storage, device._signing, device._sealing, device._login]
    words = [TITLE, CALL, "names.txt", "canary", "legal aid", "monitoring", "Secretariat", "Freedonia"]
    sought = [*(key.expose() for key in own), *seeds, *everyone, *blobs, *(word.encode() for word in words)]
    files = {path: path.read_bytes() for path in ann.home.rglob("*") if path.is_file()}
    assert {"keystore", "replica.sqlite", "pins.0", "pins.1"} <= {path.name for path in files}
    for secret in sought:
        wide = secret.decode("latin-1").encode("utf-16-le")
        for form in (secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"="), wide):
            assert [path.name for path, data in files.items() if form in data] == []


async def test_t02_without_its_passphrase_a_profile_opens_nothing(stage: Stage) -> None:
    ann = Profile(stage["Ann"].home)
    with pytest.raises(ProfileError) as caught:
        ann.unlock(Lock.from_key(b"another key, of 32 bytes as well"))
    assert caught.value.code == "wrong-passphrase"
    files = [path.read_bytes() for path in ann.home.rglob("*") if path.is_file()]
    pieces = {data[at : at + 32] for data in files for at in range(0, min(len(data), 4_096), 16)}
    for piece in pieces:
        with pytest.raises((WrongPassphraseError, KeystoreError)):
            unlock_keystore(ann.keystore.read_bytes(), Secret(piece))
    for generation in ("pins.0", "pins.1"):
        with pytest.raises(CannotOpenError):
            unseal(Secret(bytes(32)), (ann.home / generation).read_bytes()[64:], b"")
