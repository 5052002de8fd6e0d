"""Search for planted strings (canaries) in everything that left a client or lies on the server.

A string may hide in another encoding, so each is looked for in all that a program is likely to use, in one
pass over each file. What a WebSocket client sends is masked with four random bytes that repeat (RFC 6455
section 5.3); the mask falls out when each byte is XORed with the one four places on, so a file in which a
WebSocket was opened is searched in that form too.
"""

import base64
import json
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

from securecall_client.errors import SecureCallError

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

MIN_NEEDLE: Final = 8
"""Bytes; anything shorter would be found by chance."""

_REGION = 4 * 1024 * 1024
_MASK = 4
_WEBSOCKET: Final = (b"ebsocket", b"ebSocket")


@dataclass(frozen=True)
class Finding:
    """A needle that was found: where, in which encoding, and at which byte (-1: in the file's name)."""

    file: Path
    needle: str | bytes
    encoding: str
    offset: int


@dataclass(frozen=True)
class _Pattern:
    needle: str | bytes
    encoding: str
    data: bytes


@dataclass(frozen=True)
class _Region:
    """A part of a file: `_REGION` bytes and as many after it as the longest needle may reach into."""

    file: Path
    start: int


def encodings(needle: str | bytes) -> dict[str, bytes]:
    """The forms in which `needle` may appear, by name; of forms with the same bytes only the first is named.

    Of base64, at each of three alignments, only the characters that do not depend on neighbouring bytes. A
    needle of bytes (a key) has no UTF-16 and JSON forms.

    Raises:
        SecureCallError: The needle has fewer than `MIN_NEEDLE` bytes.
    """
    raw = needle.encode() if isinstance(needle, str) else needle
    if len(raw) < MIN_NEEDLE:
        raise SecureCallError(
            f"A string of {len(raw)} bytes would be found by chance; at least {MIN_NEEDLE} are needed.",
            code="needle-too-short",
        )
    forms = {"raw": raw, "hex": raw.hex().encode(), "hex-upper": raw.hex().upper().encode()}
    forms |= _base64_forms(raw) | _url_forms(raw)
    if isinstance(needle, str):
        forms |= {"utf-16-le": needle.encode("utf-16-le"), "utf-16-be": needle.encode("utf-16-be")}
        forms |= {"json": json.dumps(needle)[1:-1].encode()}
        forms |= {"json-utf-8": json.dumps(needle, ensure_ascii=False)[1:-1].encode()}
    first_name: dict[bytes, str] = {}
    for name, form in forms.items():
        first_name.setdefault(form, name)
    return {name: form for form, name in first_name.items()}


def search(folders: Sequence[Path], needles: Sequence[str | bytes]) -> list[Finding]:
    """Look for all `needles`, in all `encodings`, in every regular file of `folders` and in the files' names.

    A folder may also be a single file. Symbolic links are not followed. Memory stays flat however large the
    files are; on two cores about 250 MiB are searched in a second. Findings are in order of file and offset.

    Raises:
        SecureCallError: A needle is too short, or the package that searches is not installed.
        OSError: A folder or file cannot be read: a search that could not look says so.
    """
    searcher = _Searcher(needles)
    files = [(file, name) for folder in folders for file, name in _files(folder)]
    findings = [finding for file, name in files for finding in searcher.in_name(file, name)]
    regions = [region for file, _ in files for region in _regions(file)]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        found = list(pool.map(searcher.in_region, regions))
        sockets = {region.file for region, (_, socket) in zip(regions, found, strict=True) if socket}
        unmasked = pool.map(searcher.under_mask, [region for region in regions if region.file in sockets])
        findings += [finding for part, _ in found for finding in part]
        findings += [finding for part in unmasked for finding in part]
    return sorted(findings, key=lambda finding: (str(finding.file), finding.offset, finding.encoding))


class _Searcher:
    """The needles in all their forms, made ready to be looked for."""

    def __init__(self, needles: Sequence[str | bytes]) -> None:
        self._plain = [
            _Pattern(needle, name, form)
            for needle in dict.fromkeys(needles)
            for name, form in encodings(needle).items()
        ]
        self._masked = [
            _Pattern(pattern.needle, f"{pattern.encoding}, masked", _without_mask(pattern.data))
            for pattern in self._plain
            if len(pattern.data) >= MIN_NEEDLE + _MASK
        ]
        self._overlap = max((len(pattern.data) for pattern in self._plain), default=0)
        self._find_plain = _automaton(self._plain)
        self._find_masked = _automaton(self._masked)

    def in_name(self, file: Path, name: str) -> list[Finding]:
        matches = self._find_plain.find_matches_as_indexes(os.fsencode(name), overlapping=True)
        found = (self._plain[index] for index, _, _ in matches)
        return [Finding(file, pattern.needle, pattern.encoding, -1) for pattern in found]

    def in_region(self, region: _Region) -> tuple[list[Finding], bool]:
        """What stands in the region, and whether a WebSocket may have been opened there."""
        data = self._read(region)
        matches = self._find_plain.find_matches_as_indexes(data, overlapping=True)
        return _findings(region, self._plain, matches), any(word in data for word in _WEBSOCKET)

    def under_mask(self, region: _Region) -> list[Finding]:
        data = _without_mask(self._read(region))
        matches = self._find_masked.find_matches_as_indexes(data, overlapping=True)
        return _findings(region, self._masked, matches)

    def _read(self, region: _Region) -> bytes:
        with region.file.open("rb", buffering=0) as file:
            file.seek(region.start)
            return file.read(_REGION + self._overlap) or b""


def _automaton(patterns: Sequence[_Pattern]) -> "BytesAhoCorasick":
    try:
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind
    except ImportError as error:
        raise SecureCallError(
            "The search for planted strings needs the package ahocorasick-rs, which is not installed.",
            code="not-installed",
            hint="Install SecureCall with its extra `demo`.",
        ) from error
    # The automaton that takes longest to build and most memory, and is more than twice as fast as the others.
    return BytesAhoCorasick([each.data for each in patterns], MatchKind.Standard, Implementation.DFA)


def _findings(region: _Region, patterns: Sequence[_Pattern], matches: Sequence[tuple[int, int, int]]) -> list[Finding]:
    """Matches as findings; one that starts beyond the region is left to the next, which holds it too."""
    return [
        Finding(region.file, patterns[index].needle, patterns[index].encoding, region.start + begin)
        for index, begin, _ in matches
        if begin < _REGION
    ]


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every regular file of `folder`, with the part of its path that the searched program chose."""
    if not stat.S_ISDIR(folder.stat().st_mode):
        yield folder, folder.name
        return
    for parent, _, names in os.walk(folder, onerror=_refuse):
        for name in names:
            file = Path(parent, name)
            if stat.S_ISREG(file.lstat().st_mode):
                yield file, str(file.relative_to(folder))


def _refuse(error: OSError) -> None:
    raise error


def _regions(file: Path) -> Iterator[_Region]:
    return (_Region(file, start) for start in range(0, file.stat().st_size, _REGION))


def _without_mask(data: bytes) -> bytes:
    """Each byte XORed with the one four places on: the same for masked and for unmasked data."""
    length = max(len(data) - _MASK, 0)
    mixed = int.from_bytes(data[_MASK:], "little") ^ int.from_bytes(data[:length], "little")
    return mixed.to_bytes(length, "little")


def _base64_forms(raw: bytes) -> dict[str, bytes]:
    """The characters of base64 made of bits of `raw` alone, for 0, 1 and 2 bytes before it."""
    forms = {}
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        filled = bytes(before) + raw + bytes(2)
        forms[f"base64-{before}"] = base64.b64encode(filled)[first:last]
        forms[f"base64url-{before}"] = base64.urlsafe_b64encode(filled)[first:last]
    return forms


def _url_forms(raw: bytes) -> dict[str, bytes]:
    """Percent-encoding, for a path, a query and a form, with upper and lower case digits."""
    forms = {"url-path": quote(raw), "url": quote(raw, safe=""), "url-plus": quote_plus(raw)}
    lower = {f"{name}-lower": _lower_escapes(form) for name, form in forms.items()}
    return {name: form.encode() for name, form in (forms | lower).items()}


def _lower_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])
