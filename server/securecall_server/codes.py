"""The setup code: what the founder of a coalition needs of a new server, as text (protocol 10; row G07).

``seed (32 bytes) || server key (32 bytes) || check (4 bytes)`` in base32 (RFC 4648, section 6), lower case,
without padding, in groups of eight separated by ``-``. The check is the beginning of SHA-256 over what
stands before it: it finds slips of the hand, nothing more. The seed is an Ed25519 seed (RFC 8032); its
public half is the setup key that the server knows.
"""

from base64 import b32encode
from hashlib import sha256

_CHECK = 4
_GROUP = 8


def setup_code(seed: bytes, server: bytes) -> str:
    """The text of a setup code: a seed and a server's key, 32 bytes each."""
    data = seed + server
    text = b32encode(data + sha256(data).digest()[:_CHECK]).decode("ascii").rstrip("=").lower()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
