"""Whatever goes wrong, as a sentence for the person with a code: on a terminal and on a page alike.

The exit code of a refusal stands with its type (`securecall_client.errors`); the table here is for errors of the
packages below, which know no exit codes. No text of an error that nobody foresaw is shown: it could hold anything.
"""

import errno
import os
import traceback
from collections.abc import Mapping
from typing import Final

from securecall.sentences import sentence
from securecall_client.errors import SecureCallError

DEBUG_VARIABLE: Final = "SECURECALL_DEBUG"

_FOREIGN: Final[Mapping[str, str]] = {
    "securecall.errors.InvalidError": "refused",
    "securecall.errors.TextError": "text-refused",
    "securecall_client.work.errors.PeopleError": "people-refused",
    "securecall_client.work.errors.RowsError": "rows-refused",
    "securecall_client.work.errors.TemplateError": "template-refused",
    "securecall_client.work.errors.WorkError": "refused",
    "securecall_keys.errors.KeystoreError": "keystore-refused",
    "securecall_keys.errors.WrongPassphraseError": "wrong-passphrase",
}
"""The codes of errors whose message is already a sentence for the person; all of them are exit code 1."""
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_FAILING: Final = {errno.EIO, errno.EROFS}


def told(error: Exception) -> SecureCallError:
    """The same failure as a sentence with a code."""
    if isinstance(error, SecureCallError):
        return error
    for kind in type(error).__mro__:
        code = _FOREIGN.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return SecureCallError(str(error), code=str(getattr(error, "problem", code)))
    if isinstance(error, OSError) and error.errno in _FULL:
        return SecureCallError("The disk is full.", code="disk-full", hint="Make room and try again.")
    if isinstance(error, OSError) and error.errno in _FAILING:
        return SecureCallError(
            "The disk does not work as it should.",
            code="disk-fails",
            hint="Copy this profile's folder to another disk while it can be read, and go on there.",
        )
    if isinstance(error, MemoryError):
        return SecureCallError("This computer has not enough free memory for that.", code="no-memory")
    return _unforeseen(error)


def _unforeseen(error: Exception) -> SecureCallError:
    """Name the type alone: the message of an unforeseen error may hold what somebody wrote, or worse."""
    return SecureCallError(
        sentence(
            "SecureCall stopped because of a mistake of its own (%(name)s). What it told you is saved is still saved.",
            name=type(error).__name__,
        ),
        code="internal",
        hint=sentence(
            "Try again. If it happens again, set %(debug_variable)s=1 to see where, and report it.",
            debug_variable=DEBUG_VARIABLE,
        ),
    )


def trace(error: Exception) -> str | None:
    """Where it happened, for whoever asked to see it; None if nobody did."""
    if os.environ.get(DEBUG_VARIABLE) != "1":
        return None
    return "".join(traceback.format_exception(error))
