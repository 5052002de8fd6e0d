"""Questions to a person at a terminal. Questions stand on stderr, so that stdout holds results alone."""

import os
import sys
import warnings
from getpass import GetPassWarning, getpass

from securecall_client.cli import paste
from securecall_client.errors import SecureCallError
from securecall_client.posix import open_terminal


def someone_is_there() -> bool:
    """Whether a person can be asked for something that stdin is not taken for."""
    if sys.stdin is not None and sys.stdin.isatty():
        return True
    try:
        os.close(open_terminal())
    except OSError:
        return False
    return True


def types_here() -> bool:
    """Whether stdin is a person who types."""
    return sys.stdin is not None and sys.stdin.isatty()


def sure(question: str, *, yes: bool) -> None:
    """Have a person type yes before what cannot be undone; where nobody types, the command is the word.

    Raises:
        SecureCallError: They typed something else.
    """
    if yes or not types_here():
        return
    try:
        typed = shown(f"{question} This cannot be undone. Type yes to go on")
    except EOFError:
        typed = ""
    if typed.strip().casefold() != "yes":
        raise SecureCallError("Nothing was changed.", code="not-confirmed")


def hidden(question: str) -> str:
    """Ask for a secret; it is not shown while it is typed.

    Raises:
        SecureCallError: The terminal cannot hide it, so it is not asked for.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(f"{question}: ", stream=None)
        except (GetPassWarning, EOFError) as error:
            raise SecureCallError(
                "Nothing was typed, or this terminal cannot hide what is typed.", code="not-asked"
            ) from error


def pasted(question: str, most: int) -> str:
    """Ask for a secret of up to ``most`` bytes that is pasted, and may be longer than a terminal's line.

    Raises:
        SecureCallError: The terminal cannot hide it, so it is not asked for.
    """
    try:
        return paste.read_line(f"{question}: ", most)
    except OSError:
        return hidden(question)
    except EOFError as error:
        raise SecureCallError("Nothing was typed.", code="not-asked") from error


def tell(sentence: str) -> None:
    """Say something between two questions."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def shown(question: str) -> str:
    """Ask for a line.

    Raises:
        EOFError: The person ended the input instead.
    """
    sys.stderr.write(f"{question}: ")
    sys.stderr.flush()
    return input()
