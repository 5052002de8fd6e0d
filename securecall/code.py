"""The roster code: six words that stand for a whole chain (protocol 13).

66 bits of a digest over the head at a place, read aloud at roll call. Since the head covers every item
before it, equal codes mean one roster, the same devices, one epoch and the same records.
"""

from functools import cache

from mnemonic import Mnemonic

from securecall.labels import Label, digest

WORDS = 6
_BITS = 11


def roster_code(head: bytes) -> str:
    """Six words of the 2,048 of BIP-39 (English), separated by spaces, for the head at a place."""
    bits = int.from_bytes(digest(Label.CODE, head), "big") >> (256 - WORDS * _BITS)
    indexes = [bits >> (_BITS * at) & 0x7FF for at in reversed(range(WORDS))]
    return " ".join(words()[index] for index in indexes)


@cache
def words() -> tuple[str, ...]:
    """The 2,048 words, in order."""
    return tuple(Mnemonic("english").wordlist)
