"""What this profile sealed for itself, under its storage key: read again, or told to be damaged.

Whoever can write into the folder, or a failing disk, can put anything there; none of it is believed, and nobody is left
with the name of an error.
"""

from typing import TypeVar

from securecall.errors import InvalidError
from securecall.wire import decode
from securecall_client.errors import ProfileError
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import unseal
from securecall_keys.secret import Secret

T = TypeVar("T")


def damaged() -> ProfileError:
    """That the profile holds what this program did not put there."""
    return ProfileError(
        "This profile is damaged, or was changed by something else than SecureCall.",
        hint="Restore it from a copy, or link this computer anew. What others have is not harmed.",
        code="profile-damaged",
    )


def open_own(key: Secret, box: bytes, context: bytes) -> bytes:
    """What was sealed here. Raises: ProfileError."""
    try:
        return unseal(key, box, context)
    except CannotOpenError as error:
        raise damaged() from error


def read_own(key: Secret, box: bytes, context: bytes, kind: type[T], cap: int) -> T:
    """A message that was sealed here; ``cap`` in bytes. Raises: ProfileError."""
    try:
        return decode(open_own(key, box, context), kind, cap)
    except InvalidError as error:
        raise damaged() from error
