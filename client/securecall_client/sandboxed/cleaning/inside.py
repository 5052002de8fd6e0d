"""What stands within an office file and is a file of its own: pictures, and documents in documents."""

from collections.abc import Callable
from typing import Final

from securecall_client.sandbox.kinds import CLEANED, HEAD, NEVER_CLEANED, is_markup, kind_of
from securecall_client.sandboxed.cannot import CannotError, need
from securecall_client.sandboxed.cleaning import markup
from securecall_client.sandboxed.found import Found

DEEPEST: Final = 2
"""Documents within documents."""
Cleaner = Callable[[bytes, Found], bytes]


SVG: Final = "http://www.w3.org/2000/svg"


def is_text(name: str, data: bytes) -> bool:
    """Whether a part, whatever its name, is markup of the office file's own; a drawing (SVG) is a file in it.

    Raises: CannotError if it begins as markup does or is named so, and is none.
    """
    if is_markup(data[:HEAD]):
        root = markup.root(data)
        return root.space != SVG and root.local != "svg"
    need(not name.endswith(".xml") or kind_of(data[:HEAD]) != "other")
    return False


def clean(data: bytes, found: Found, cleaner: Cleaner) -> bytes:
    """The part without what it hides, by ``cleaner``; what is of no known kind stays as it is.

    Raises: CannotError if it is of a kind that cannot be cleaned, or not sound.
    """
    kind = kind_of(data[:HEAD])
    if kind in NEVER_CLEANED:
        raise CannotError("embedded")
    if kind not in CLEANED:
        return data
    try:
        return cleaner(data, found)
    except CannotError as error:
        if error.why == "kind":
            return data
        raise CannotError(error.why if error.why in ("macros", "too-large") else "embedded") from error
