"""The search for planted strings finds each encoding wherever it stands, and nothing by chance."""

import base64
import builtins
import json
import os
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.demo import search as module
from securecall_client.demo.search import Finding, encodings, search
from securecall_client.errors import SecureCallError

CANARY = "Zoë's canary: 7f3a/überfall"
NEEDLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=40)


def put(folder: Path, data: bytes, name: str = "planted") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def names(findings: list[Finding]) -> set[str]:
    return {finding.encoding for finding in findings}


@given(needle=NEEDLES, before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_every_way_to_write_it_down_is_found_at_every_alignment(
    tmp_path_factory, needle: str, before: bytes, after: bytes
) -> None:
    raw = needle.encode()
    written = {
        "raw": raw,
        "hex": (before + raw + after).hex().encode(),
        "upper hex": (before + raw + after).hex().upper().encode(),
        "base64": base64.b64encode(before + raw + after),
        "base64 for URLs": base64.urlsafe_b64encode(before + raw + after).rstrip(b"="),
        "UTF-16 LE": needle.encode("utf-16-le"),
        "UTF-16 BE": needle.encode("utf-16-be"),
        "path": quote(needle).encode(),
        "query": quote(needle, safe="").encode(),
        "form": quote_plus(needle).encode(),
        "JSON": json.dumps({"a": needle}).encode(),
        "JSON in UTF-8": json.dumps([needle], ensure_ascii=False).encode(),
    }
    forms = encodings(needle).values()
    for way, data in written.items():
        assert any(form in before + data + after for form in forms), way


@pytest.mark.parametrize("padding", range(9))
def test_each_encoding_is_found_in_a_file(tmp_path: Path, padding: int) -> None:
    for name, form in encodings(CANARY).items():
        put(tmp_path, bytes(padding) + form + b"\xff", name)
    found = search([tmp_path], [CANARY])
    assert {(finding.file.name, finding.encoding) for finding in found} >= {(name, name) for name in encodings(CANARY)}
    exact = [finding for finding in found if finding.file.name == finding.encoding]
    assert {finding.offset for finding in exact} == {padding}


def test_lower_case_percent_digits_are_found(tmp_path: Path) -> None:
    put(tmp_path, b"GET /?q=Zo%c3%ab%27s%20canary%3a%207f3a%2f%c3%bcberfall")
    assert search([tmp_path], [CANARY])


@pytest.mark.parametrize("region", [64, 65, 127, 4096])
def test_a_needle_across_the_border_of_two_regions_is_found_once(tmp_path: Path, monkeypatch, region) -> None:
    monkeypatch.setattr(module, "_REGION", region)
    for offset in range(2 * region - 40, 2 * region + 2):
        put(tmp_path, bytes(offset) + CANARY.encode() + bytes(3 * region))
        found = search([tmp_path], [CANARY])
        assert [(finding.encoding, finding.offset) for finding in found] == [("raw", offset)]


def test_keys_are_found_as_bytes_and_re_encoded(tmp_path: Path) -> None:
    key = os.urandom(32)
    put(tmp_path, b"x" + base64.b64encode(b"y" + key) + key.hex().encode() + key)
    assert names(search([tmp_path], [key])) == {"base64-1", "hex", "raw"} | (
        {"base64url-1"} & names(search([tmp_path], [key]))
    )


def test_what_a_websocket_client_masked_is_found(tmp_path: Path) -> None:
    mask = b"\x91\x02\xf3\x44"
    message = json.dumps({"name": CANARY}, ensure_ascii=False).encode()
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(message))
    frame = b"GET /v1/live HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\xa4" + mask + masked
    put(tmp_path, frame)
    assert "raw, masked" in names(search([tmp_path], [CANARY]))
    put(tmp_path, frame.replace(masked, os.urandom(len(masked))))
    assert search([tmp_path], [CANARY]) == []


def test_file_names_are_searched(tmp_path: Path) -> None:
    path = tmp_path / "7f3a-canary-9"
    path.mkdir()
    put(path, b"")
    (finding,) = search([tmp_path], ["7f3a-canary-9"])
    assert (finding.file, finding.offset) == (path / "planted", -1)


def test_nothing_is_found_in_random_bytes(tmp_path: Path) -> None:
    put(tmp_path, b"Upgrade: websocket" + os.urandom(12 * 1024 * 1024))
    needles = [f"canary-{index:04}-{os.urandom(4).hex()}" for index in range(40)]
    assert search([tmp_path], [*needles, *(os.urandom(8) for _ in range(20))]) == []


def test_two_needles_of_which_one_begins_the_other_are_both_found(tmp_path: Path) -> None:
    put(tmp_path, b"canary-1-and-more")
    found = search([tmp_path], ["canary-1", "canary-1-and-more", "canary-1"])
    assert sorted(str(finding.needle) for finding in found) == ["canary-1", "canary-1-and-more"]


def test_a_short_needle_is_refused() -> None:
    with pytest.raises(SecureCallError, match="by chance"):
        encodings("seven b")
    with pytest.raises(SecureCallError, match="by chance"):
        search([], [b"1234567"])


def test_a_folder_that_is_not_there_is_no_empty_search(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        search([tmp_path / "gone"], [CANARY])


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "searched").mkdir()
    (tmp_path / "searched" / "link").symlink_to(put(tmp_path, CANARY.encode()))
    os.mkfifo(tmp_path / "searched" / "pipe")
    assert search([tmp_path / "searched"], [CANARY]) == []
    assert search([tmp_path / "planted"], [CANARY]) != []


def test_without_the_package_it_says_what_is_missing(tmp_path: Path, monkeypatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest, **named):
        if name == "ahocorasick_rs":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SecureCallError, match="not installed") as caught:
        search([tmp_path], [CANARY])
    assert "`demo`" in str(caught.value.hint)
