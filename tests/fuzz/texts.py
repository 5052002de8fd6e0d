"""Texts that people hand over or type: invitations, setup codes, linking texts, sheets, letters, addresses, times."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp.web import HTTPBadRequest
from yarl import URL

from securecall.entries import Seen
from securecall.errors import TextError
from securecall.texts import TEXT_BYTES, from_text, write_text
from securecall.wire import encode
from securecall_client.address import check_address
from securecall_client.cli import handover, passphrase
from securecall_client.cli.call_watch import _time
from securecall_client.cli.table import local
from securecall_client.errors import FileError, RefusedError
from securecall_client.errors import TextError as TypedError
from securecall_client.passphrases import PassphraseError
from securecall_client.proxy import check_proxy
from securecall_client.text import clean_name, for_terminal, parse_span, parse_time
from securecall_client.web.pages.call import is_address
from securecall_client.web.program import read_typed
from securecall_client.work.announcing import read_zone
from securecall_client.work.covering import code_in, letter
from securecall_keys.invitation import InvitationText, read_invitation, read_setup, to_text
from securecall_keys.linking import linking_text, read_linking
from securecall_keys.secret import Secret
from securecall_keys.sheet import Sheet, SheetPlace, read_sheet
from securecall_server.codes import setup_code
from tests.fuzz import scene
from tests.fuzz.signed import LINKING
from tests.fuzz.target import Target, text, typed

MANGLED: tuple[type[Exception], ...] = (TextError,)
ADDRESS = "https://calls.example.org"
INVITATION = InvitationText(ADDRESS, bytes(32), Seen(3, scene.HEAD), bytes(range(16)))
SHEET = Sheet(Secret(bytes(range(32))), SheetPlace(ADDRESS, scene.KEY, bytes(32), Seen(300, scene.HEAD)))
PRINTED = "\n".join([*(f"{number}. {word}" for number, word in enumerate(SHEET.words(), 1)), SHEET.place_text()])
ADDRESSES = (
    ADDRESS, "http://127.0.0.1:8443", "http://[::1]:8443/", "http://localhost", "https://calls.example.org:8443",
    "https://abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwxyz.onion",
)  # fmt: skip
PROXIES = ("socks5://127.0.0.1:9050", "socks5h://localhost:9050", "http://proxy.example.org:8080", "none")


def read(
    name: str, reader: Callable[[str], object], *good: str, refusals: tuple[type[Exception], ...] = MANGLED
) -> Target:
    """A reader of text."""
    return Target(name, lambda data: reader(text(data)), lambda: list(map(typed, good)), refusals)


def checked(name: str, reader: Callable[[str], object], good: bytes) -> Target:
    """A reader of a text whose check digits fit, whatever it holds."""
    return Target(f"{name}, checked", lambda data: reader(write_text(data[:TEXT_BYTES])), lambda: [good], MANGLED)


def _written(data: bytes) -> None:
    """What a text holds is what it was written of."""
    held = data[: TEXT_BYTES - 4]
    assert from_text(write_text(held), "text") == held


def _from_file(data: bytes) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        path.write_bytes(data)
        return code_in(handover.from_bytes("The text", path, handover.MAX_BYTES))


def _passphrase(data: bytes) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "passphrase"
        path.touch(mode=0o600)
        path.write_bytes(data)
        return passphrase._from_file(path)


def _address(words: str) -> None:
    """An address that passes is one that can be asked for: it is in its one form, and of a host and a port."""
    address = check_address(words)
    assert check_address(address) == address
    assert URL(address).raw_host
    assert URL(address).explicit_port != 0


def _proxy(words: str) -> None:
    proxy = check_proxy(words)
    assert check_proxy(proxy or "none") == proxy


def _name(words: str) -> None:
    assert clean_name(clean_name(words)) == clean_name(words)


TARGETS = [
    read("an invitation", read_invitation, to_text(INVITATION)),
    checked("an invitation", read_invitation, encode(INVITATION)),
    read("a setup code", read_setup, setup_code(bytes(32), scene.KEY)),
    checked("a setup code", read_setup, bytes(64)),
    read("a linking text", read_linking, linking_text(LINKING.text)),
    checked("a linking text", read_linking, encode(LINKING.text)),
    read("a sheet", read_sheet, PRINTED, SHEET.line(), SHEET.line().upper()),
    checked(
        "the last line of a sheet", lambda line: read_sheet(f"{' '.join(SHEET.words())} {line}"), encode(SHEET.place)
    ),
    Target("a text", _written, lambda: [b"", bytes(40)], ()),
    read("a covering letter", code_in, letter(to_text(INVITATION), "noon"), refusals=()),
    read("the link of a voice call", is_address, *ADDRESSES, refusals=()),
    Target("what a script of the pages sends", read_typed, lambda: [b'{"secret": "x"}'], (HTTPBadRequest,)),
    read("an address", _address, *ADDRESSES, refusals=(RefusedError,)),
    read("a proxy", _proxy, *PROXIES, refusals=(TypedError,)),
    read("a name", _name, "Amina", "Åsa 2", "م‌ن", refusals=(TypedError,)),
    read("a zone", read_zone, "Africa/Nairobi", "+03:00", "UTC", refusals=(TypedError,)),
    read("a time", parse_time, "2026-11-22T15:00Z", "2026-11-22T15:00+03:00", refusals=(TypedError,)),
    read("a span", parse_span, "7d", "12h", "30m", refusals=(TypedError,)),
    read("a time to show", local, "2026-11-22T15:00:00+00:00", refusals=()),
    read("the time of an event", lambda words: _time({"at": words}), "2026-11-22T15:00:00+00:00", refusals=()),
    read("what goes to a terminal", for_terminal, "Amina \x1b[31m", refusals=()),
    Target("a file with a text", _from_file, lambda: [typed(letter(to_text(INVITATION), "noon"))], (FileError,)),
    Target("a passphrase file", _passphrase, lambda: [b"harbour violin seventeen\n"], (PassphraseError,)),
]
