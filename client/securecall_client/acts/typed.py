"""Texts that a person wrote, judged before they are kept: the same rules as in the fold, in whole sentences."""

from securecall.sentences import sentence
from securecall_client.errors import TextError
from securecall_client.parts import LONG
from securecall_client.work.errors import CellError
from securecall_client.work.fold_parts import DAY, LINE_BYTES
from securecall_client.work.values import read_value
from securecall_client.work.words import read_long, read_text


def long_text(what: str, text: str, cap: int = LONG) -> str:
    """A text of several lines, without the white space at its end; ``what`` names it (`message`). Raises: TextError."""
    try:
        return read_long(text.rstrip(), cap)
    except CellError as error:
        raise _refused(what, error) from error


def line_text(what: str, text: str, *, optional: bool = False) -> str:
    """A text of one line; with ``optional`` it may be empty. Raises: TextError."""
    text = text.strip()
    if optional and not text:
        return ""
    try:
        return read_text(text, LINE_BYTES)
    except CellError as error:
        raise _refused(what, error) from error


def day(what: str, text: str) -> str:
    """A day as `YYYY-MM-DD`. Raises: TextError."""
    try:
        return read_value(DAY, text.strip())[0]
    except CellError as error:
        raise _refused(what, error) from error


def _refused(what: str, error: CellError) -> TextError:
    return TextError(sentence("The %(what)s: %(error)s Nothing was saved.", what=what, error=error))
