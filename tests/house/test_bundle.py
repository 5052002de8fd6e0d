"""No wheel goes out without the pages' script, and nothing of its making is taken from anywhere unchecked."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = "client/securecall_client/web/static"
LOCK = (ROOT / "client" / "package-lock.json").read_text("utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The least of the project that a wheel is built from."""
    copy = tmp_path / "project"
    (copy / STATIC).mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "client/pages_hook.py"):
        shutil.copy(ROOT / name, copy / name)
    for package in ("securecall", "keys/securecall_keys", "server/securecall_server", "client/securecall_client"):
        (copy / package).mkdir(parents=True, exist_ok=True)
        (copy / package / "__init__.py").touch()
    return copy


def build(project: Path, target: str = "wheel") -> subprocess.CompletedProcess[str]:
    """Build a wheel in `dist`."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", "dist"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_a_wheel_without_the_bundle_is_refused_in_one_sentence(project: Path) -> None:
    answer = build(project)
    assert answer.returncode != 0
    sentence = "The pages are not built (bundle.js, bundle.licenses.txt missing): run `make pages`, then build again."
    assert answer.stderr.strip() == sentence
    assert list(project.glob("dist/*.whl")) == []


def test_a_wheel_holds_the_bundle_although_git_does_not(project: Path) -> None:
    (project / STATIC / "bundle.js").write_text("started()", "utf-8")
    (project / STATIC / "bundle.licenses.txt").write_text("words", "utf-8")
    answer = build(project)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = project.glob("dist/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("securecall_client/web/static/bundle.js") == b"started()"
        assert "securecall_client/web/static/bundle.licenses.txt" in archive.namelist()


def test_an_install_to_develop_with_comes_before_the_bundle(project: Path) -> None:
    answer = build(project, "wheel:editable")
    assert answer.returncode == 0, answer.stderr


def test_the_bundle_is_one_script_that_stores_no_page_and_evaluates_nothing() -> None:
    script = (ROOT / STATIC / "bundle.js").read_text("utf-8")
    assert (
        re.findall(r"\beval\(|new Function\b|localStorage|indexedDB|document\.write|\bimport\(|https?://", script) == []
    )


def test_the_bundle_says_the_licence_of_what_is_in_it() -> None:
    words = (ROOT / STATIC / "bundle.licenses.txt").read_text("utf-8")
    assert re.search(r"^htmx\.org 4\.\S+ \(0?BSD\S*\)$", words, re.MULTILINE)
    assert "Permission to use, copy, modify" in words


def test_o15_every_npm_package_is_pinned_with_its_hash_and_no_address() -> None:
    packages = {name: entry for name, entry in json.loads(LOCK)["packages"].items() if name}
    assert len(packages) > 4
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert re.findall(r"\S*(?:https?:|://|\"resolved\"|git\+)\S*", LOCK) == []
    wanted = json.loads((ROOT / "client" / "package.json").read_text("utf-8"))
    asked = wanted["dependencies"] | wanted["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
