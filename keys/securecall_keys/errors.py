"""Why a secret could not be made, found or opened."""

from securecall.sentences import SentenceError


class KeysError(SentenceError):
    """Base of this package's errors."""


class CannotOpenError(KeysError):
    """It does not open: another key, another context, or other bytes than were sealed. One error for all."""


class BadGrantError(KeysError):
    """A grant or link opened, but holds a key that is not the one its epoch committed to."""


class MissingKeyError(KeysError):
    """No key for that epoch and circle is held here."""


class WrongPassphraseError(KeysError):
    """The keystore does not open with that passphrase or key, or it was changed."""


class KeystoreError(KeysError):
    """The keystore is not one of ours, or asks for an unlocking cost outside floor and ceiling."""
