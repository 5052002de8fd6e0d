"""What is asked of a new passphrase, wherever one is typed."""

from typing import Final

MIN_CHARACTERS: Final = 12
