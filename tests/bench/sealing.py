"""Sealing and opening a file, beside bare AES-GCM, the same with SHA-256, and the program `age`.

Everything is read from the system's cache, and what comes out is thrown away.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from securecall_keys.blobs import NONCE_BYTES, OVERHEAD, BlobKey, chunk_digest, chunk_size, open_chunk, seal_chunks
from securecall_keys.context import ChunkContext, context_bytes
from tests.bench.measure import MIB, Plan, Rounds, Sample, seconds, shown_size

Works = dict[str, Callable[[], object]]
"""What each floor does, by its name."""
TAG_BYTES = OVERHEAD - NONCE_BYTES
BARE = "AES-GCM"
HASHED = "AES-GCM and SHA-256"
AGE = "age"


@dataclass(frozen=True, slots=True)
class Files:
    """A file of ``size`` bytes in ``folder``, and what it was sealed to: by us with ``key``, and by age."""

    folder: Path
    size: int
    key: BlobKey
    digests: list[bytes]

    def pieces(self, name: str, each: int) -> Iterator[memoryview]:
        """One of the files in pieces of ``each`` bytes, all in one buffer: no floor pays for fresh memory."""
        buffer = memoryview(bytearray(each))
        with (self.folder / name).open("rb", buffering=0) as file:
            while size := file.readinto(buffer):
                yield buffer[:size]

    def age(self, *options: str) -> None:
        """Run age in the folder, with its output thrown away unless ``options`` say where it goes."""
        subprocess.run(["age", *options], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)


async def sealing(plan: Plan) -> Rounds:
    """Rounds of sealing and of opening."""
    files, size = _make(plan), shown_size(plan.pick(1024 * MIB, 64 * MIB))
    sealers: Works = {BARE: lambda: _bare_seal(files), HASHED: lambda: _bare_seal(files, hashed=True)}
    openers: Works = {BARE: lambda: _bare_open(files), HASHED: lambda: _bare_open(files, hashed=True)}
    if shutil.which("age"):
        recipient = _make_aged(files)
        sealers[AGE] = lambda: files.age("-r", recipient, "plain")
        openers[AGE] = lambda: files.age("-d", "-i", "identity", "aged")
    else:
        plan.leave_out("Sealing and opening beside age: the program age is not installed here.")
    while True:
        yield [
            *_beside(f"seal {size}", lambda: _seal(files), sealers),
            *_beside(f"open {size}", lambda: _open(files), openers),
        ]


def _beside(name: str, ours: Callable[[], object], floors: Works) -> list[Sample]:
    value = seconds(ours)
    return [Sample(f"{name}, beside {floor}", "s", floor, value, seconds(work)) for floor, work in floors.items()]


def _make(plan: Plan) -> Files:
    files = Files(plan.folder, plan.pick(1024 * MIB, 64 * MIB), BlobKey.generate(), [])
    with (files.folder / "plain").open("wb") as file:
        for _ in range(files.size // MIB):
            file.write(os.urandom(MIB))
    with (files.folder / "plain").open("rb") as file, (files.folder / "sealed").open("wb") as sealed:
        for chunk in seal_chunks(files.key, files.size, file.read):
            files.digests.append(chunk_digest(chunk))
            sealed.write(chunk)
    return files


def _make_aged(files: Files) -> str:
    """Make a key of age's and seal the file with it; gives the recipient."""
    subprocess.run(["age-keygen", "-o", "identity"], cwd=files.folder, check=True, capture_output=True)
    shown = subprocess.run(["age-keygen", "-y", "identity"], cwd=files.folder, check=True, capture_output=True)
    recipient = shown.stdout.decode().strip()
    files.age("-r", recipient, "-o", "aged", "plain")
    return recipient


def _seal(files: Files) -> None:
    with (files.folder / "plain").open("rb") as file:
        for chunk in seal_chunks(files.key, files.size, file.read):
            chunk_digest(chunk)


def _open(files: Files) -> None:
    with (files.folder / "sealed").open("rb", buffering=0) as file:
        for index in range(len(files.digests)):
            chunk = file.read(chunk_size(files.size) + OVERHEAD)
            open_chunk(files.key, index, files.size, files.digests, chunk)


def _bare_seal(files: Files, *, hashed: bool = False) -> None:
    cipher = AESGCM(files.key.key.expose())
    box = memoryview(bytearray(chunk_size(files.size) + TAG_BYTES))
    for piece in files.pieces("plain", chunk_size(files.size)):
        cipher.encrypt_into(os.urandom(NONCE_BYTES), piece, None, box[: len(piece) + TAG_BYTES])
        if hashed:
            sha256(box)


def _bare_open(files: Files, *, hashed: bool = False) -> None:
    cipher = AESGCM(files.key.key.expose())
    plain = memoryview(bytearray(chunk_size(files.size)))
    for index, chunk in enumerate(files.pieces("sealed", chunk_size(files.size) + OVERHEAD)):
        if hashed:
            sha256(chunk)
        context = context_bytes(ChunkContext(files.key.blob, index))
        cipher.decrypt_into(chunk[:NONCE_BYTES], chunk[NONCE_BYTES:], context, plain[: len(chunk) - OVERHEAD])
