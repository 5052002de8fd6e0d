"""The one error of what runs in the sandbox."""

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
