"""What the server itself refuses, beside what the protocol refuses (`securecall.errors`)."""

from enum import StrEnum


class Code(StrEnum):
    """Stable codes of refusals that are the server's own; on the wire beside `securecall.errors.Problem`."""

    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    NOT_COMPLETE = "not-complete"
    FULL = "full"
    QUOTA_MEMBER = "quota-member"
    QUOTA_SPACE = "quota-space"
    DAMAGED = "damaged"
    BUSY = "busy"
    SETUP_CODE_USED = "setup-code-used"
    TOO_MANY_REQUESTS = "too-many-requests"
    READ_ONLY = "read-only"


class RefusedError(Exception):
    """A request that is refused; ``code`` says why, and nothing of the request is repeated."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


class RemovedError(RefusedError):
    """A login by a device that was removed; ``identity`` are its member's entries, which show it that."""

    def __init__(self, identity: list[bytes]) -> None:
        super().__init__(Code.UNAUTHORIZED)
        self.identity = identity


class MediaTypeError(Exception):
    """A body of another content type than the route takes, or an encoded one."""


class StartError(Exception):
    """The server cannot or must not start, or its operator asked for what cannot be done; the sentence says why and
    how to mend it.
    """


class DamagedError(Exception):
    """What the database gave back is not the chain that was written."""
