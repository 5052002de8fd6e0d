"""The setup code: what the founder of a coalition needs of a new server, as text (protocol 10; row G07)."""

from securecall.texts import write_text


def setup_code(seed: bytes, server: bytes) -> str:
    """The text of a setup code: an Ed25519 seed (RFC 8032), whose public half is the setup key that the server knows,
    and the server's key; 32 bytes each.
    """
    return write_text(seed + server)
