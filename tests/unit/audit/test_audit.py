"""The bill of materials and the look-up of known vulnerabilities (row O15)."""

import json

import pytest

from tests.audit.__main__ import _say
from tests.audit.known import Finding, read
from tests.audit.lock import LOCK, read_lock
from tests.audit.sbom import sbom

TEXT = LOCK.read_text("utf-8")


def test_o15_the_bill_names_every_package_of_the_lock_with_version_and_hashes() -> None:
    document = json.loads(sbom(TEXT))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    listed = {
        (part["name"], part["version"], tuple(sorted(each["content"] for each in part["hashes"])))
        for part in document["components"]
    }
    assert listed == {(pin.name, pin.version, pin.hashes) for pin in read_lock(TEXT)}
    assert {each["alg"] for part in document["components"] for each in part["hashes"]} == {"SHA-256"}
    assert {part["purl"] for part in document["components"]} >= {
        f"pkg:pypi/{pin.name}@{pin.version}" for pin in read_lock(TEXT)
    }
    assert document["metadata"]["component"]["name"] == "securecall"


def test_o15_the_same_lock_makes_the_same_bill_and_another_another() -> None:
    assert sbom(TEXT) == sbom(TEXT)
    assert (
        json.loads(sbom(TEXT))["serialNumber"]
        != json.loads(sbom(TEXT.replace("aiohttp==3", "aiohttp==4")))["serialNumber"]
    )


def test_o15_a_line_that_is_not_pinned_with_its_hash_makes_no_bill() -> None:
    for line in ("aiohttp==3.14.5\n", "aiohttp>=3\n", "-e .\n"):
        with pytest.raises(ValueError, match="not a package"):
            read_lock(line)


ANSWER = {
    "dependencies": [
        {"name": "good", "version": "1", "vulns": []},
        {"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"], "aliases": []}]},
        {"name": "lost", "skip_reason": "Dependency not found"},
    ]
}


def test_o15_what_is_known_and_what_was_passed_over_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = read(json.dumps(ANSWER))
    assert found == Finding(2, ("lost",), ("bad 2: PYSEC-1, mended in 3",))
    assert _say(found, need=False) == 1
    said = capsys.readouterr().out
    assert "PYSEC-1" in said
    assert "lost" in said
    assert _say(Finding(90, (), ()), need=True) == 0


def test_o15_where_nothing_could_be_looked_up_nothing_is_said_to_be_clean(capsys: pytest.CaptureFixture[str]) -> None:
    for answer in ("", "no such host", json.dumps({"dependencies": ANSWER["dependencies"][2:]})):
        found = read(answer)
        assert not found.reached
        assert (_say(found, need=False), _say(found, need=True)) == (0, 1)
        assert "NOT looked up" in capsys.readouterr().out
