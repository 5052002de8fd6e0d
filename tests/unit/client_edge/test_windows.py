"""The client where there is nothing that only POSIX has (`tests.windows`), and where it asks for such things."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.windows import BLOCKED, POSIX_ALONE

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "client" / "securecall_client"

EVERY_MODULE = """
import importlib, sys
from tests.windows import modules_of_client
names = list(modules_of_client())
for name in names:
    importlib.import_module(name)
assert sys.modules["fcntl"] is None and sys.platform == "win32"
print(len(names))
"""

A_CALL = """
import asyncio
from pathlib import Path
from securecall_client.acts import doctor_local, documents, reporting
from tests.simulator.people import Stage
from tests.simulator.server import Server

async def main():
    stage = Stage(Path("stage"), Server())
    await stage.set_up()
    call = stage.call.hex()
    Path("seen.txt").write_text("seen from the harbour")
    print(await stage["Ann"].answer(stage.call))
    async with stage["Ann"].open() as ann:
        await documents.add_documents(ann, call, [Path("seen.txt")], "allies")
    print(await stage["Sec"].answers(stage.call))
    async with stage["Sec"].open() as sec:
        await documents.get_document(sec, call, "seen.txt", Path("got.txt"))
        await reporting.report_call(sec, call, Path("report.html"), "html", "kind")
    print(Path("got.txt").read_text(), "training" in Path("report.html").read_text())
    print([(one.check, one.state) for one in doctor_local.check_local(stage["Ann"].home)])
asyncio.run(main())
"""

FILES = """
from pathlib import Path
from securecall_client.cli import ask, paste
from securecall_client.errors import FileError, ProfileBusyError
from securecall_client.file_lock import lock_file
from securecall_client.files import reading, save_as, save_new, write_atomic
from securecall_client.folder import private_dir

home = private_dir(Path("profile"))
write_atomic(home / "kept", b"one")
write_atomic(home / "kept", b"two")
for _ in range(2):
    with save_new(home, "report.pdf") as file:
        file.write(b"three")
with save_as(home / "kept", replace=True) as file:
    file.write(b"four")
try:
    with save_as(home / "kept") as file:
        file.write(b"five")
except FileError as error:
    print("refused:", error)
with reading(home / "kept") as file:
    print(file.read())
with lock_file(home / "lock", 0, command="call watch"):
    try:
        with lock_file(home / "lock", 0):
            print("twice")
    except ProfileBusyError as error:
        print("busy:", "call watch" in str(error))
print(sorted(path.name for path in home.iterdir()), ask.someone_is_there())
try:
    paste.read_line("?", 10)
except OSError:
    print("no terminal")
"""


def on_windows(script: str, folder: Path) -> str:
    """What a script prints there."""
    path = folder / "script.py"
    path.write_text(script, "utf-8")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.windows import main; main()"
    line = [sys.executable, "-c", code, str(path)]
    answer = subprocess.run(
        line, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.slow
def test_every_module_of_the_client_is_there(tmp_path: Path) -> None:
    assert int(on_windows(EVERY_MODULE, tmp_path)) > 200


@pytest.mark.slow
def test_people_hold_a_call_and_the_doctor_says_what_is_missing_there(tmp_path: Path) -> None:
    answered, read, got, checks = on_windows(A_CALL, tmp_path).splitlines()
    assert (answered, read, got) == ("server", "['training']", "seen from the harbour True")
    found = ast.literal_eval(checks)
    missing = [("modes", "left out"), ("memory", "left out"), ("folders", "left out"), ("sandbox", "left out")]
    assert [check for check in found if check in missing] == missing
    assert ("modes", "ok") not in found


@pytest.mark.slow
def test_f02_files_are_saved_whole_and_a_profile_is_held_by_one(tmp_path: Path) -> None:
    refused, kept, busy, there, terminal = on_windows(FILES, tmp_path).splitlines()
    assert refused.startswith("refused:")
    assert (kept, busy, terminal) == ("b'four'", "busy: True", "no terminal")
    assert there == "['kept', 'lock', 'report (2).pdf', 'report.pdf'] False"


def test_one_module_alone_asks_what_only_posix_has() -> None:
    known = {*BLOCKED, *POSIX_ALONE}
    asking = set()
    for path in CLIENT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            imported = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            named = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            taken = named.removeprefix("os.") if named.startswith("os.") else ""
            if imported & {*BLOCKED, "msvcrt"} or taken in known or named == "sys.platform":
                asking.add(path.relative_to(CLIENT).as_posix())
    assert asking == {"posix.py"}
