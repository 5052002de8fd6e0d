"""Step 8, after the map: a decision, a commitment made from a row of it, and the report that holds all of it."""

import asyncio
import base64
import re
from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.calling import CALL
from securecall_client.demo.cast import CAST
from securecall_client.demo.mapping import expected_marks, marks
from securecall_client.demo.scene import Scene
from securecall_client.results.decisions import Committed, Decided
from securecall_client.results.reports import Reported
from securecall_client.text import size

DECISION: Final = "The lagoon interviews are shared out before the monsoon"
BY: Final = "2027-06-30"
_IN_REPORT: Final = (CALL, DECISION, rows.INTERVIEWS, CAST["focal"].name, BY)
_PICTURE: Final = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


async def play(scene: Scene) -> None:
    """Decide, commit, report. Raises: CommandError, OSError."""
    scene.canaries.plant(DECISION)
    add = ("commit", "add", CALL, "--from-row", f"{scene.answers['focal'][-1]}:0", "--by", BY)
    decided, committed = await asyncio.gather(
        scene.get("cochair", Decided, "decision", "add", CALL, DECISION, "--for", "all who spoke"),
        scene.get("focal", Committed, *add),
    )
    scene.checks.same(
        "a decision is put down, and the focal point commits to a row of their answer",
        (decided.saved, committed.saved, committed.who, committed.by, rows.INTERVIEWS in committed.what),
        ("server", "server", CAST["focal"].name, BY, True),
        committed.what,
    )
    file = scene.desk / "report.html"
    await scene.get("secretariat", Reported, "call", "report", CALL, "-o", str(file))
    _check_report(scene, await asyncio.to_thread(file.read_text, "utf-8"))


def _check_report(scene: Scene, report: str) -> None:
    missing = [words for words in _IN_REPORT if words not in report]
    pictures = [base64.b64decode(data).decode() for data in _PICTURE.findall(report)]
    scene.checks.same(
        "the secretariat's report holds the decision, the commitment and the map with its picture",
        (missing, expected_marks() in map(marks, pictures)), ([], True), size(len(report.encode())),
    )  # fmt: skip
