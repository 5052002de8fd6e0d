"""Texts that people hand over: bytes in lower-case base32 with a check, so that a mistyped or cut one is told apart
from a refused one (protocol 10.1).
"""

import base64
import re
from hashlib import sha256

from securecall.errors import TextError
from securecall.sentences import sentence

TEXT_BYTES = 4096
_CHECK = 4


def write_text(data: bytes) -> str:
    """``data`` and the first four bytes of its SHA-256, in groups of eight characters."""
    raw = base64.b32encode(data + sha256(data).digest()[:_CHECK]).decode("ascii").rstrip("=").lower()
    return "-".join(raw[at : at + 8] for at in range(0, len(raw), 8))


def from_text(text: str, what: str) -> bytes:
    """The bytes of a text; ``what`` names it in sentences. Raises: TextError."""
    raw = re.sub(r"[\s-]", "", text).upper()
    try:
        data = base64.b32decode(raw + "=" * (-len(raw) % 8))
    except ValueError as error:
        raise TextError(
            sentence(
                "This is not a whole %(what)s: it is cut short, or has characters that do not belong there", what=what
            )
        ) from error
    body, check = data[:-_CHECK], data[-_CHECK:]
    if len(data) > TEXT_BYTES or sha256(body).digest()[:_CHECK] != check:
        raise TextError(sentence("This %(what)s is incomplete or mistyped: its check digits do not fit", what=what))
    return body
