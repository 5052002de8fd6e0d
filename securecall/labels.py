"""One label per purpose, so that bytes made for one purpose mean nothing under another (protocol 1)."""

from enum import StrEnum
from hashlib import sha256


class Label(StrEnum):
    """What a signature or digest is for. The text goes into the bytes; it never changes."""

    ANNOUNCEMENT = "securecall/1 announcement"
    IDENTITY = "securecall/1 identity"
    ENTRY = "securecall/1 entry"
    RECORD = "securecall/1 record"
    BEAT = "securecall/1 beat"
    JOIN = "securecall/1 join"
    LINKING = "securecall/1 linking"
    HELLO = "securecall/1 hello"
    LOGIN = "securecall/1 login"
    STATEMENT = "securecall/1 statement"
    HEAD = "securecall/1 head"
    MEMBER = "securecall/1 member"
    SPACE = "securecall/1 space"
    GRANT = "securecall/1 grant"
    CHUNK = "securecall/1 chunk"
    CODE = "securecall/1 code"
    CONTEXT = "securecall/1 context"
    ALARM = "securecall/1 alarm"
    EVIDENCE = "securecall/1 evidence"
    PAGE = "securecall/1 page"
    REPLY = "securecall/1 reply"

    def prefix(self) -> bytes:
        """The label, ended by a zero byte that no label contains."""
        return self.value.encode("ascii") + b"\x00"


def digest(label: Label, *parts: bytes) -> bytes:
    """``SHA-256(label || 0x00 || parts)``, 32 bytes. Every part but the last has a fixed length."""
    hashed = sha256(label.prefix())
    for part in parts:
        hashed.update(part)
    return hashed.digest()
