"""Nothing is importable under a second name: a second copy of a module has types and secrets of its own."""

import os
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("keys", "server", "client")
HOMES = {
    "securecall": ROOT / "securecall",
    "securecall_keys": ROOT / "keys" / "securecall_keys",
    "securecall_server": ROOT / "server" / "securecall_server",
    "securecall_client": ROOT / "client" / "securecall_client",
}


def run_elsewhere(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code from another folder, with nothing but the installed environment on its path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("package", HOMES)
def test_each_package_imports_under_its_own_name(tmp_path: Path, package: str) -> None:
    answer = run_elsewhere(tmp_path, f"import {package}; print(*{package}.__path__)")
    assert answer.returncode == 0, answer.stderr
    assert Path(answer.stdout.strip()) == HOMES[package]


def test_no_package_imports_under_a_second_name(tmp_path: Path) -> None:
    parents = [*FOLDERS, *HOMES]
    names = [f"{parent}.{package}" for parent in parents for package in HOMES]
    code = (
        "import importlib\n"
        f"for name in {[*FOLDERS, 'tests', *names]!r}:\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "    except ModuleNotFoundError:\n"
        "        continue\n"
        "    print(name)\n"
    )
    answer = run_elsewhere(tmp_path, code)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


def test_the_wheel_holds_each_module_once(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        paths = [PurePosixPath(name) for name in archive.namelist()]
    assert {path.parts[0] for path in paths if not path.parts[0].endswith(".dist-info")} == set(HOMES)
    packed = Counter(str(path) for path in paths if path.suffix == ".py")
    sources = Counter(
        f"{package}/{module.relative_to(home).as_posix()}"
        for package, home in HOMES.items()
        for module in home.rglob("*.py")
    )
    assert packed == sources
    assert any(path.match("*.dist-info/licenses/LICENSE") for path in paths)
