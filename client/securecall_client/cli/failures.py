"""What a failure looks like: one sentence with a hint, or one JSON document, and the exit code that goes with it.

What the sentence is, `securecall_client.foreseen` says.
"""

from collections.abc import Mapping
from typing import Final

from securecall_client.errors import SecureCallError

EXIT_CODES: Final[Mapping[int, str]] = {
    0: "done",
    1: "refused, with the reason",
    2: "usage: the command was not understood",
    3: "proof of misbehaviour, saying whose",
    4: "saved on this computer; the server was not reached",
}
DONE, REFUSED, USAGE, PROOF, HERE = EXIT_CODES
INTERRUPTED: Final = 130
OUTPUT_CLOSED: Final = 141
"""What a shell reports for a program that lost the reader of its output: 128 and the number of SIGPIPE."""


class UsageError(SecureCallError):
    """The command was not understood, or asks for what cannot go together."""

    code = "usage"
    exit_code = USAGE


def document(error: SecureCallError) -> dict[str, object]:
    """The one document that `--json` prints for a failure."""
    return {"error": {"code": error.code, "message": str(error), "hint": error.hint}}


def sentences(error: SecureCallError) -> list[str]:
    """The failure in words."""
    return [str(error)] if error.hint is None else [str(error), error.hint]
