"""Six words to read aloud: the roster code, which stands for a whole chain, and those of a member's keys (protocol 13).

The roster code is 66 bits of a digest over the head at a place, read aloud at roll call. Since the head covers every
item before it, equal codes mean one roster, the same devices, one epoch and the same records.
"""

from functools import cache

from mnemonic import Mnemonic

from securecall.labels import Label, digest

WORDS = 6
_BITS = 11


def roster_code(head: bytes) -> str:
    """Six words of the 2,048 of BIP-39 (English), separated by spaces, for the head at a place."""
    return _words_of(digest(Label.CODE, head))


def key_words(member: bytes) -> str:
    """Six words that stand for a member's first keys: their id is the digest of these (protocol 4; row M14)."""
    return _words_of(member)


def _words_of(digest: bytes) -> str:
    bits = int.from_bytes(digest, "big") >> (256 - WORDS * _BITS)
    indexes = [bits >> (_BITS * at) & 0x7FF for at in reversed(range(WORDS))]
    return " ".join(words()[index] for index in indexes)


@cache
def words() -> tuple[str, ...]:
    """The 2,048 words, in order."""
    return tuple(Mnemonic("english").wordlist)
