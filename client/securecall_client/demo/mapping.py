"""Step 7: the map of who does what shows exactly what the answers hold."""

from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.calling import CALL
from securecall_client.demo.scene import Scene
from securecall_client.work.map_findings import Map

TITLE: Final = "The map shows the overlaps, gaps and matches that the answers hold, and no others"


async def play(scene: Scene) -> None:
    """Draw the map and compare it with what was worked out by hand. Raises: CommandError."""
    drawn = await scene.get("focal", Map, "exercise", "map", CALL, scene.exercise)
    overlaps = [(one.activity, one.places, one.from_, one.to, one.organisations) for one in drawn.overlaps]
    gaps = [(one.activity, one.place) for one in drawn.gaps]
    matches = [(one.need, one.organisations) for one in drawn.matches]
    checks = scene.checks
    checks.same("overlaps", sorted(overlaps), sorted(rows.OVERLAPS), _why([one.why for one in drawn.overlaps]))
    checks.same("gaps", sorted(gaps), sorted(rows.GAPS), _why([one.why for one in drawn.gaps]))
    checks.same("matches", sorted(matches), sorted(rows.MATCHES), _why([one.why for one in drawn.matches]))


def _why(sentences: list[str]) -> str:
    return " ".join(sentences)
