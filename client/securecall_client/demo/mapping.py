"""Step 8: the map of who does what shows exactly what the answers hold, and so does its picture."""

import asyncio
from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.calling import CALL
from securecall_client.demo.scene import Scene
from securecall_client.work.map_findings import Map

TITLE: Final = "The map shows the overlaps, gaps and matches that the answers hold, and no others; the report is made"


async def play(scene: Scene) -> None:
    """Draw the map and compare it with what was worked out by hand. Raises: CommandError."""
    picture = scene.desk / "map.svg"
    drawn = await scene.get("focal", Map, "exercise", "map", CALL, scene.exercise, "--svg", str(picture))
    overlaps = [(one.activity, one.places, one.from_, one.to, one.organisations) for one in drawn.overlaps]
    gaps = [(one.activity, one.place) for one in drawn.gaps]
    matches = [(one.need, one.organisations) for one in drawn.matches]
    checks = scene.checks
    checks.same("overlaps", sorted(overlaps), sorted(rows.OVERLAPS), _why([one.why for one in drawn.overlaps]))
    checks.same("gaps", sorted(gaps), sorted(rows.GAPS), _why([one.why for one in drawn.gaps]))
    checks.same("matches", sorted(matches), sorted(rows.MATCHES), _why([one.why for one in drawn.matches]))
    found = marks(await asyncio.to_thread(picture.read_text, "utf-8"))
    checks.same("marks of the picture", found, expected_marks(), "Overlaps are ringed, and gaps are diamonds.")


def marks(picture: str) -> dict[str, int]:
    """The marks of a picture, those that explain them among them."""
    return {"rings": picture.count("<circle "), "diamonds": picture.count("<polygon ")}


def expected_marks() -> dict[str, int]:
    """One ring for each cell that overlaps and one diamond for each gap, and one of each that explains them."""
    overlapping = {(activity, place) for activity, places, *_ in rows.OVERLAPS for place in places}
    return {"rings": len(overlapping) + 1, "diamonds": len(rows.GAPS) + 1}


def _why(sentences: list[str]) -> str:
    return " ".join(sentences)
