"""Where a passphrase comes from: a file that only this user can read, or a person. Never the command line."""

import os
from pathlib import Path
from typing import Final

from securecall_client.cli import ask
from securecall_client.cli.failures import UsageError
from securecall_client.passphrases import MIN_CHARACTERS, PassphraseError, check_length, check_new
from securecall_client.posix import is_own, is_private

FILE_VARIABLE: Final = "SECURECALL_PASSPHRASE_FILE"
TRIES: Final = 5
"""How often a person is asked for a new passphrase until it is good."""
_MAX_BYTES: Final = 1024


def in_file() -> bool:
    """Whether a file is named that holds the passphrase, so that nobody is asked."""
    return bool(os.environ.get(FILE_VARIABLE))


def read(*, new: bool = False) -> str:
    """The passphrase of a profile; with ``new``, of one that is being made: not too short.

    Raises:
        PassphraseError: The file is unsafe or empty, or there is no good new one.
        UsageError: There is no file and nobody to ask.
    """
    named = os.environ.get(FILE_VARIABLE)
    if not named and not ask.someone_is_there():
        raise UsageError(
            "There is nobody here to ask for the passphrase.",
            hint=f"Put it into a file that only you can read, and name that file in {FILE_VARIABLE}.",
        )
    if not named:
        return _new_from_person() if new else ask.hidden("Passphrase")
    passphrase = _from_file(Path(named))
    if new:
        check_length(passphrase)
    return passphrase


def for_archive(path: Path | None) -> str:
    """A passphrase for a file that others may be handed: from the file ``path``, else from a person, typed twice.

    Raises: as `read`; that of the profile, and the variable that names it, are not taken for it.
    """
    if path is None and not ask.someone_is_there():
        raise UsageError(
            "There is nobody here to ask for a passphrase for the archive.",
            hint="Name a file that holds one (--passphrase-file), or an age recipient (--recipient).",
        )
    passphrase = _new_from_person() if path is None else _from_file(path)
    check_length(passphrase)
    return passphrase


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            _refuse_unsafe(path, os.fstat(file.fileno()))
            line = file.readline(_MAX_BYTES + 1)
        passphrase = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise PassphraseError(f"The passphrase file {path} is not text (UTF-8).") from error
    except OSError as error:
        raise PassphraseError(f"The passphrase file {path} cannot be read: {error.strerror}.") from error
    if not passphrase or len(line) > _MAX_BYTES:
        raise PassphraseError(f"The first line of the passphrase file {path} is empty or too long.")
    return passphrase


def _refuse_unsafe(path: Path, state: os.stat_result) -> None:
    if not is_own(state):
        raise PassphraseError(
            f"The passphrase file {path} belongs to another user of this computer, so it is not used.",
            hint="Write the passphrase into a file of your own that only you can read.",
            code="passphrase-file-of-another",
        )
    if not is_private(state):
        raise PassphraseError(
            f"Others on this computer can read or change the passphrase file {path}, so it is not used.",
            hint=f"Make it yours alone: chmod 600 {path}",
            code="passphrase-file-open",
        )


def _new_from_person() -> str:
    """A new passphrase, typed twice; asked for again if it is too short or the two differ.

    Raises: PassphraseError once that has happened `TRIES` times, with nothing made.
    """
    for left in reversed(range(TRIES)):
        passphrase = ask.hidden(f"New passphrase (several words, at least {MIN_CHARACTERS} characters)")
        try:
            check_length(passphrase)
            return check_new(passphrase, ask.hidden("The same again"))
        except PassphraseError as error:
            if not left:
                raise
            ask.tell(f"{error} {error.hint}")
    raise AssertionError("the last try returns or raises")
