"""The form of a backup: what was put in comes out, and nothing else that a tar can hold is taken (row F03)."""

import io
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from securecall_server.archive import LISTING, Listing, Member, Reader, Writer
from securecall_server.errors import StartError

CHUNK = f"blobs/{'ab' * 32}/{'cd' * 16}/0000"
FILES = {"server.json": b"{}", "server.key": bytes(32), CHUNK: b"ciphertext" * 200, "server.db": b"pages" * 1000}


def member(name: str, data: bytes) -> Member:
    return Member(name, len(data), sha256(data).hexdigest())


def listing(**changes: object) -> bytes:
    whole = Listing(1, "2026-11-22T20:00:00+00:00", "ef" * 32, [member(*one) for one in FILES.items()], [])
    return msgspec.json.encode({**msgspec.to_builtins(whole), **changes})


def regular(name: str, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def archive(
    *extra: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT, said: bytes | None = None
) -> bytes:
    """A good backup by another program, and ``extra`` in it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as tar:
        files = [regular(*one) for one in FILES.items()]
        for info, data in (*files, *extra, regular(LISTING, listing() if said is None else said)):
            tar.addfile(info, io.BytesIO(data))
    return made.getvalue()


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    with (tmp_path / "backup").open("w+b") as file:
        writer = Writer(file)
        (tmp_path / "server.db").write_bytes(FILES["server.db"])
        members = [writer.add(name, data) for name, data in FILES.items() if name != "server.db"]
        members.append(writer.add_file("server.db", tmp_path / "server.db"))
        writer.finish(Listing(1, "2026-11-22T20:00:00+00:00", "ef" * 32, members, []))
        reader = Reader(file)
        for number, (name, data) in enumerate(FILES.items()):
            reader.copy(name, tmp_path / str(number))
            assert (tmp_path / str(number)).read_bytes() == data
    with tarfile.open(tmp_path / "backup") as tar:
        assert {one.name for one in tar} == {*FILES, LISTING}


def test_a_plain_tar_of_these_files_is_a_backup() -> None:
    assert Reader(io.BytesIO(archive())).members.keys() == FILES.keys()


PAX = {"path": "../outside"}


def with_pax() -> bytes:
    info, data = regular("harmless", b"x")
    info.pax_headers = PAX
    return archive((info, data), form=tarfile.PAX_FORMAT)


def forged(at: int, data: bytes) -> bytes:
    """A header of which some bytes are another's, with a good checksum, before a good backup."""
    header = bytearray(tarfile.TarInfo("server.db").tobuf(tarfile.USTAR_FORMAT))
    header[at : at + len(data)] = data
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + archive()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a way out": lambda: archive(regular("../outside", b"x")),
    "an absolute path": lambda: archive(regular("/etc/passwd", b"x")),
    "a way out among the blobs": lambda: archive(regular(f"blobs/{'ab' * 32}/../../x", b"x")),
    "a name in capitals": lambda: archive(regular(CHUNK.upper(), b"x")),
    "a name of another kind": lambda: archive(regular("restored", b"")),
    "a link": lambda: archive(special("server.db", tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link": lambda: archive(special(CHUNK[:-1] + "1", tarfile.LNKTYPE, "server.key")),
    "a folder": lambda: archive(special("blobs", tarfile.DIRTYPE)),
    "a device": lambda: archive(special("server.key", tarfile.CHRTYPE)),
    "a pipe": lambda: archive(special("server.key", tarfile.FIFOTYPE)),
    "a sparse file": lambda: archive(special("server.key", tarfile.GNUTYPE_SPARSE)),
    "an extended header": with_pax,
    "a long name": lambda: archive(regular("server.db" + "x" * 200, b""), form=tarfile.GNU_FORMAT),
    "a file twice": lambda: archive(regular("server.key", bytes(32))),
    "a size below zero": lambda: forged(124, b"\xff" * 12),  # base 256, which tar knows: without end for some readers
    "a size that is no number": lambda: forged(124, b"9" * 12),
    "a name that is no text": lambda: forged(0, b"\xff\xfe"),
    "an owner that is no text": lambda: forged(265, b"\x80"),
    "a name and a line break": lambda: archive(regular(CHUNK[:-1] + "1\n", b"x")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_f03_what_no_backup_holds_is_refused(name: str) -> None:
    with pytest.raises(StartError, match=r"no backup .* or a damaged one"):
        Reader(io.BytesIO(HOSTILE[name]()))


BROKEN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no tar file": lambda: b"PK" + bytes(5000),
    "no listing": lambda: archive()[: archive().index(LISTING.encode())],
    "its end": lambda: archive()[:-10_000],
    "a listing that is none": lambda: archive(said=b"[]"),
    "a listing with more": lambda: archive(said=listing(more=1)),
    "a time that is none": lambda: archive(said=listing(made="\x1b[2J")),
    "a time and a line break": lambda: archive(said=listing(made="2026-11-22T20:00:00+00:00\n")),
    "a server and a line break": lambda: archive(said=listing(server="ef" * 32 + "\n")),
    "a lost chunk and a line break": lambda: archive(said=listing(missing=[CHUNK + "\n"])),
    "a file too few": lambda: archive(said=listing(files=[*map(msgspec.to_builtins, [member("x", b"")])])),
    "another size": lambda: archive(said=listing(files=[msgspec.to_builtins(member("server.key", b"x"))])),
    "a name twice": lambda: archive(said=listing(files=[msgspec.to_builtins(member("server.key", bytes(32)))] * 2)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_cut_or_rotten_is_refused(name: str) -> None:
    with pytest.raises(StartError, match=r"no backup .* or a damaged one"):
        Reader(io.BytesIO(BROKEN[name]()))


def test_a_newer_form_is_named_as_one() -> None:
    with pytest.raises(StartError, match="newer SecureCall"):
        Reader(io.BytesIO(archive(said=listing(version=2))))


def test_other_bytes_than_the_listing_says_are_refused(tmp_path: Path) -> None:
    spoilt = archive().replace(b"ciphertext", b"Ciphertext", 1)
    with pytest.raises(StartError, match="other bytes"):
        Reader(io.BytesIO(spoilt)).copy(CHUNK, tmp_path / "chunk")


def test_every_cut_is_noticed() -> None:
    whole = archive()
    end = whole.rindex(b"]}") + 2  # of the listing; after it there is but padding
    for length in range(0, end, 97):
        with pytest.raises(StartError):
            Reader(io.BytesIO(whole[:length]))
