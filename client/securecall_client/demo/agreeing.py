"""Only in `securecall demo --web`: the call is at a point of its agenda, and something was said in it."""

from typing import Final

from securecall_client.demo.calling import CALL
from securecall_client.demo.cast import CAST
from securecall_client.demo.scene import Scene
from securecall_client.results.agenda import AgendaSaid
from securecall_client.results.discussion import Said

TITLE: Final = "An agenda is put up, and people talk"
_POINTS: Final = (
    ("Welcome and roll call", "5", CAST["secretariat"].name),
    ("Updates from the country", "20", CAST["focal"].name),
    ("Who does what, where and when", "25", ""),
    ("What we decide", "10", CAST["cochair"].name),
)
"""Title, minutes and who speaks."""
_SAID: Final = (
    ("focal", "The register of associations closes at the end of the month. Two groups have had their letters."),
    ("ally", "We can take three more cases this quarter. Who else has lawyers on the outer islands?"),
)


async def play(scene: Scene) -> None:
    """Put up the agenda, go to its second point, talk. Raises: CommandError."""
    for title, minutes, speaker in _POINTS:
        point = (title, "--minutes", minutes, *(("--speaker", speaker) if speaker else ()))
        await scene.get("secretariat", AgendaSaid, "agenda", "add", CALL, *point)
    await scene.get("secretariat", AgendaSaid, "agenda", "now", CALL, "2")
    for part, text in _SAID:
        await scene.get(part, Said, "discuss", "say", CALL, text)
