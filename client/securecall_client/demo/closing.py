"""Step 9: the call is closed, and nothing that people wrote stands on the wire or on the server."""

import asyncio
from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.answering import TEMPLATE, answer
from securecall_client.demo.calling import CALL
from securecall_client.demo.canaries import FEWEST
from securecall_client.demo.scene import Scene
from securecall_client.demo.search import Finding
from securecall_client.demo.store import WAL
from securecall_client.results.calls import CallState
from securecall_client.results.exercises import ExerciseAnswers
from securecall_client.text import size

TITLE: Final = "The call is closed; nothing that people wrote stands on the wire or on the server"
CLOSED: Final = "call-closed"
_REFUSED: Final = 1
_SHOWN: Final = 5


async def play(scene: Scene) -> None:
    """Close, answer late, try what is refused. Raises: CommandError."""
    closed = await scene.get("secretariat", CallState, "call", "close", CALL)
    scene.checks.same("the call is closed", closed.state, "closed")
    late = await answer(scene, "focal", rows.late())
    show = scene.get("cochair", ExerciseAnswers, "exercise", "show", CALL, scene.exercise)
    shown, _ = await asyncio.gather(show, _try_refused(scene))
    states = {line.answer: line.state for line in shown.answers}
    answers = [(part, given) for part, given in scene.answers.items() if part != "guest"]
    scene.checks.same(
        "of each person the last answer counts", set(states), {given[-1] for _, given in answers},
        f"{len(states)} people, {sum(len(given) for _, given in answers)} answers",
    )  # fmt: skip
    scene.checks.same(
        "an answer sent after the closing is accepted and shown as late, those before as on time",
        (late.saved, states.pop(late.answer, None), set(states.values())), ("server", "late", {"on time"}),
    )  # fmt: skip


async def search(scene: Scene) -> None:
    """Search the wire and the server for all that was planted, and show that the search finds it where it is."""
    canaries = scene.canaries
    scene.checks.hold(
        f"at least {FEWEST} strings were planted", len(canaries.strings) >= FEWEST,
        f"{len(canaries.strings)} strings, and {len(canaries.keys)} keys as bytes",
    )  # fmt: skip
    places = [scene.wire, scene.server.data, scene.server.logs]
    wal = scene.server.data / WAL
    scene.checks.hold(
        "there is a wire, a database with its WAL, blobs and logs to search",
        all(any(place.iterdir()) for place in places) and wal.exists() and wal.stat().st_size > 0,
    )
    searched = sum(file.stat().st_size for place in places for file in place.rglob("*") if file.is_file())
    found = await asyncio.to_thread(canaries.search, places)
    scene.checks.hold(
        "none of them stands on the wire, in the database, its WAL, the blobs or the logs",
        not found, _told(found) if found else f"{size(searched)} searched",
    )  # fmt: skip
    planted = scene.folder / "planted"
    wanted = await asyncio.to_thread(canaries.plant_in, planted)
    caught = {(one.needle, one.encoding) for one in await asyncio.to_thread(canaries.search, [planted])}
    scene.checks.hold(
        "the same search finds each of them where it was planted, in each encoding",
        bool(wanted) and wanted <= caught, f"{len(wanted & caught)} of {len(wanted)}",
    )  # fmt: skip


async def _try_refused(scene: Scene) -> None:
    """A document and an exercise for a closed call: both are refused, and the call has grown by nothing."""
    before = scene.store().records(scene.space)
    file = scene.paper("too-late.txt", "This comes too late for the call.\n")
    scene.canaries.plant(file.name, "This comes too late for the call.")
    replies = await asyncio.gather(
        scene.person("ally").run("doc", "add", CALL, str(file), codes=range(256)),
        scene.person("secretariat").run("exercise", "start", CALL, TEMPLATE, codes=range(256)),
    )
    scene.checks.same(
        "anything but an answer is refused, and changes nothing",
        ([(reply.code, reply.refusal()) for reply in replies], scene.store().records(scene.space)),
        ([(_REFUSED, CLOSED)] * len(replies), before),
    )


def _told(found: list[Finding]) -> str:
    """What was found, without repeating a key."""
    lines = [
        f"{one.needle if isinstance(one.needle, str) else 'a key'} ({one.encoding}) in {one.file.name} at {one.offset}"
        for one in found[:_SHOWN]
    ]
    return f"{len(found)} found: " + "; ".join(lines)
