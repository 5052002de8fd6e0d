"""The project speaks of itself alone: no file names the machine it was written on, or a package registry."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Put together from parts, so that this file does not contain what it looks for.
FOLDERS = ("wo" + "rk", "ro" + "ot", "t" + "mp", "opt/wh" + "eels", "opt/py" + "pi")
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "crates" + ".io")

# A path counts only where it begins: `client/work/letters.py` is one of ours.
FORBIDDEN = re.compile(
    rf"(?<![\w.)}}\]*-])/(?:{'|'.join(map(re.escape, FOLDERS))})(?:/|\b)"
    rf"|\b(?:{'|'.join(map(re.escape, REGISTRIES))})\b"
)

EXAMPLES = {
    "a path": (f"see /{FOLDERS[0]}/notes", True),
    "a path in quotes": (f'cd "/{FOLDERS[2]}"', True),
    "a registry": (f"from https://files.{REGISTRIES[1]}/a", True),
    "a folder of ours": (f"client/{FOLDERS[0]}/letters.py", False),
    "a word": (f"{FOLDERS[0]}/life", False),
}


def project_files() -> list[Path]:
    """Return what is tracked, or would be with the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip("not a git checkout, so nothing says which files are the project's")
    return [ROOT / name for name in answer.stdout.split("\0") if name]


def text_of(path: Path) -> str:
    """Return a file's text, or nothing for one that is binary or gone."""
    try:
        return path.read_text("utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_search_finds_what_it_should(name: str) -> None:
    text, forbidden = EXAMPLES[name]
    assert (FORBIDDEN.search(text) is not None) is forbidden


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in project_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if FORBIDDEN.search(line)
    ]
    assert found == []
