"""What is odd about the time that a server signs (protocol 13.3; rows S07, O14).

Its time never goes back, so a later statement that says less than an earlier one convicts it. One that signs a time far
ahead could say *later* no more, and one that goes back to say it shows that. Neither proves anything by itself: this
computer's clock may be the wrong one, and a server may have been put back. Both are kept, for whoever looks into it.
"""

from collections.abc import Iterator

from securecall.findings import APART
from securecall.sentences import sentence
from securecall_client import clock

AHEAD = sentence(
    "The server signs a time that is more than an hour ahead of this computer's clock. One of the two clocks is wrong: "
    "look at this computer's. If it is right, the server could deny later what it signs now, and nobody could prove it."
)
BACK = sentence(
    "The server signs an earlier time than it signed to this computer before. Its clock was wrong and was set right, "
    "it was put back, or it hides in which order it said things."
)


def oddities(signed: int, before: int) -> Iterator[str]:
    """What is odd about a statement's time (unix ms); ``before`` is one that the same server signed earlier, or 0."""
    if signed / 1000 - clock.now() > clock.HOUR:
        yield AHEAD
    if signed + APART < before:
        yield BACK
