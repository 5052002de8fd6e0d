"""What a new passphrase must be, on a terminal and on a page alike (row T01)."""

from typing import Final

from securecall.sentences import sentence
from securecall_client.errors import SecureCallError

MIN_CHARACTERS: Final = 12
ADVICE: Final = sentence("Take several words that do not belong together, like “harbour violin seventeen moss”.")


class PassphraseError(SecureCallError):
    """There is no passphrase to be had, or not a good one."""

    code = "passphrase-refused"


def check_new(passphrase: str, again: str) -> str:
    """A new passphrase that was typed twice. Raises: PassphraseError if it is too short, or the two differ."""
    check_length(passphrase)
    if again != passphrase:
        raise PassphraseError("The two passphrases are not the same.", hint="Type it slowly, twice the same.")
    return passphrase


def check_length(passphrase: str) -> None:
    """Raise PassphraseError if a new passphrase is too short."""
    if len(passphrase) < MIN_CHARACTERS:
        raise PassphraseError(
            sentence(
                "This passphrase is too short: it needs at least %(min_characters)s characters.",
                min_characters=MIN_CHARACTERS,
            ),
            hint=ADVICE,
        )
