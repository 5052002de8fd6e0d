"""Why outside bytes are refused. Verification raises; it never returns a boolean."""

from enum import StrEnum

from securecall.sentences import Sentence, SentenceError, sentence


class Problem(StrEnum):
    """Stable codes of refusals: on the wire in problem documents (RFC 9457), in tests and in evidence."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    BAD_SIGNATURE = "bad-signature"
    BAD_KEY = "bad-key"
    BAD_IDENTITY = "bad-identity"
    WRONG_SPACE = "wrong-space"
    STALE = "stale"
    BAD_SEEN = "bad-seen"
    NOT_A_MEMBER = "not-a-member"
    BAD_DEVICE = "bad-device"
    NO_RIGHT = "no-right"
    BAD_TARGET = "bad-target"
    BAD_PARENT = "bad-parent"
    BAD_INVITE = "bad-invite"
    BAD_EPOCH = "bad-epoch"
    BAD_GRANTS = "bad-grants"
    ROTATION_DUE = "rotation-due"
    BAD_COUNT = "bad-count"
    DUPLICATE = "duplicate"
    BAD_CIRCLE = "bad-circle"
    BAD_BLOB = "bad-blob"
    LAST_OWNER = "last-owner"
    DESTROYED = "destroyed"
    WITHHELD = "withheld"
    CAP = "cap"


class InvalidError(ValueError):
    """What the protocol refuses; ``problem`` is the stable code, the message a sentence."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(Sentence(message))
        self.problem = problem


class ParentBehindError(Exception):
    """The parent's chain is not known as far as an item names it, to ``seq``: fetch the parent, then try again."""

    def __init__(self, seq: int) -> None:
        super().__init__(sentence("the parent is not known to place %(seq)s", seq=seq))
        self.seq = seq


class TextError(SentenceError):
    """A text that somebody handed over, like an invitation or a setup code, is incomplete or mistyped."""
