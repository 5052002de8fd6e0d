"""Whether the server can be reached, as a session knows it."""

from dataclasses import dataclass, field

from securecall.sentences import sentence, together
from securecall_client import clock
from securecall_client.errors import OfflineError, RestoredError
from securecall_client.progress import Say
from securecall_client.transport import Transport
from securecall_client.view import SpaceView


@dataclass(slots=True)
class ServerLine:
    """The line to the server: whether it answered when last spoken to, and the time it gave (unix ms).

    ``asked`` is whether a space is brought up to date before it is looked at. ``why`` is why it is not reached, in a
    sentence; ``read_only`` holds the spaces for which the server takes nothing new, as it says itself.
    """

    transport: Transport
    say: Say
    reached: bool = False
    asked: bool = True
    time: int = 0
    why: str = sentence("The server was not reached.")
    read_only: set[bytes] = field(default_factory=set)

    def clock_is_trusted(self, view: SpaceView) -> bool:
        """Whether this computer may act on an expiry in a space now."""
        return self.time > 0 and clock.trusted(self.time, view.chain.minute)

    def lost(self, error: OfflineError) -> None:
        """Go on without the server; what a person can mend about the line is said, once."""
        self.reached = False
        if error.code != OfflineError.code and str(error) != self.why:
            self.say.line(together(str(error), error.hint))
        self.why = str(error)

    def refuses(self, space: bytes, error: RestoredError) -> None:
        """Go on without the server in one space; said once."""
        if not self.read_only:
            self.say.line(together(str(error), error.hint))
        self.read_only.add(space)
