"""The one error of what runs in the sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager

from securecall_client.sandbox.messages import Why


class CannotError(Exception):
    """It cannot be done with this file; ``why`` is what the person is told."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def need(holds: bool) -> None:
    """Raise CannotError unless what a sound file has is so."""
    if not holds:
        raise CannotError("damaged")


@contextmanager
def nothing_else() -> Iterator[None]:
    """Let no other error out of the block: a library raises whatever a broken file runs it into."""
    try:
        yield
    except CannotError:
        raise
    except (MemoryError, RecursionError, OverflowError) as error:
        raise CannotError("too-large") from error
    except Exception as error:
        raise CannotError("damaged") from error
