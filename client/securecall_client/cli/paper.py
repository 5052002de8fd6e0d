"""The recovery sheet on paper, and QR codes in plain characters (row S25)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from securecall_client.errors import FileError
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.devices import MadeSheet

_COLUMNS: Final = 4
_GROUPS: Final = 7
"""Words and groups of characters in a line."""


def qr(text: str, *, on_screen: bool) -> Iterator[str]:
    """A QR code in half blocks, which drive no terminal: light on a dark screen, or dark on paper.

    In capitals, which its alphanumeric mode takes; whoever reads the text takes either case.
    """
    import segno

    code = segno.make(text.upper(), error="l", micro=False)
    cells = [[bool(cell) != on_screen for cell in row] for row in code.matrix_iter(border=2)]
    for upper, lower in zip(cells[::2], [*cells[1::2], [False] * len(cells)], strict=False):
        yield "".join(" ▄▀█"[2 * above + below] for above, below in zip(upper, lower, strict=True))


def lines(sheet: "MadeSheet") -> Iterator[str]:
    """The sheet, ready to be printed in letters of one width. It names no coalition, person or server in clear."""
    yield "SecureCall recovery sheet"
    yield ""
    yield "Whoever has this sheet can become you. Keep it where nobody looks; it has no passphrase."
    yield "To get back in, on a new computer: securecall device link --recovery"
    yield "It asks for the 24 words and for the long text below them; both are in the square. It works once."
    yield ""
    yield from _words(sheet.words)
    yield ""
    yield from _grouped(sheet.place)
    yield ""
    yield from qr(sheet.sheet, on_screen=False)


def check_free(output: Path | None) -> None:
    """Refuse a file that is there before anything is made that would have to go into it. Raises: FileError."""
    if output is not None and (output.exists() or output.is_symlink()):
        raise FileError(f"{output} is there already; nothing was made.", hint="Name a new file.", code="file-exists")


def save(sheet: "MadeSheet", output: Path | None) -> Path | None:
    """Write the sheet into the new file that a person named, for its owner alone.

    None if they named none, or it cannot be written: it is then to be shown, for it counts already.
    """
    if output is None:
        return None
    from securecall_client.files import save_as

    try:
        with save_as(output) as file:
            file.write("\n".join([*lines(sheet), ""]).encode())
    except FileError:
        return None
    return file.path


def _words(words: Sequence[str]) -> Iterator[str]:
    """The words with their numbers, to be read line by line."""
    numbered = [f"{number:2} {for_terminal(word):<10}" for number, word in enumerate(words, 1)]
    for start in range(0, len(numbered), _COLUMNS):
        yield "  " + "  ".join(numbered[start : start + _COLUMNS]).rstrip()


def _grouped(text: str) -> Iterator[str]:
    """The text in lines that end with its dash, so that nothing is lost where they break."""
    groups = for_terminal(text).split("-")
    for start in range(0, len(groups), _GROUPS):
        line = "-".join(groups[start : start + _GROUPS])
        yield "  " + line + ("-" if start + _GROUPS < len(groups) else "")
