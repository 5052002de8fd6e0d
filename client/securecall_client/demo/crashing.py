"""Step 5: the server is killed while answers are under way, and started again."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.answering import answer
from securecall_client.demo.person import Reply
from securecall_client.demo.scene import Scene
from securecall_client.results.common import Saved
from securecall_client.results.exercises import Answered
from securecall_client.results.status import Status

TITLE: Final = "The server is killed (SIGKILL) while answers are under way, and started again"
FOUR: Final = ("secretariat", "focal", "ally", "seized")
EACH: Final = 2
"""Answers by each of the four; the last is what counts."""
KILL_AT: Final = 3
"""The kill comes when so many answers have been reported saved on the server; others are then under way."""
_HERE: Final = 4


@dataclass(slots=True)
class Reported:
    """What people were told of their answers: the id to (exit code, where it is saved)."""

    answers: dict[str, tuple[int, Saved]] = field(default_factory=dict)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, reply: Reply) -> None:
        """One more."""
        told = reply.read(Answered)
        self.answers[told.answer] = (reply.code, told.saved)
        if len(self.saved("server", "others")) >= KILL_AT:
            self.enough.set()

    def saved(self, *where: Saved) -> set[str]:
        """The answers that were reported saved there."""
        return {answer for answer, (_, saved) in self.answers.items() if saved in where}


async def play(scene: Scene) -> None:
    """Answer, kill, start, sync, and count. Raises: CommandError."""
    reported = Reported()
    killer = asyncio.create_task(_kill_when_enough(scene, reported))
    try:
        await asyncio.gather(*(_answer_on(scene, part, reported) for part in FOUR))
    finally:
        killer.cancel()
    scene.server.kill()
    await scene.server.start()
    _check_reports(scene, reported)
    _check_kept(scene, reported)
    statuses = await asyncio.gather(*(scene.person(part).get(Status, "sync") for part in FOUR))
    _check_sent(scene, reported, statuses)
    await _check_screens(scene)


async def _kill_when_enough(scene: Scene, reported: Reported) -> None:
    await reported.enough.wait()
    scene.server.kill()


async def _answer_on(scene: Scene, part: str, reported: Reported) -> None:
    """A series of answers, each as soon as the last is reported; the newest is the one that counts."""
    for number in range(1, EACH + 1):
        given = rows.FINAL[part] if number == EACH else rows.draft(part, number)
        reported.note(await answer(scene, part, given, codes=(0, _HERE)))


def _check_reports(scene: Scene, reported: Reported) -> None:
    on_server, here = reported.saved("server", "others"), reported.saved("here")
    scene.checks.hold(
        "the kill fell among the answers: some were saved on the server by then, others were not",
        bool(on_server) and bool(here),
        f"{len(on_server)} on the server, {len(here)} on people's own computers",
    )
    honest = [code == (_HERE if saved == "here" else 0) for code, saved in reported.answers.values()]
    scene.checks.same(
        "each command that could not reach the server said so (saved here, exit code 4)",
        honest, [True] * (EACH * len(FOUR)),
    )  # fmt: skip


def _check_kept(scene: Scene, reported: Reported) -> None:
    stored = {record.hex() for record in scene.store().records(scene.space)}
    missing = reported.saved("server", "others") - stored
    scene.checks.same("nothing that was reported saved on the server is missing after the crash", missing, set())


def _check_sent(scene: Scene, reported: Reported, statuses: list[Status]) -> None:
    stored = Counter(record.hex() for record in scene.store().records(scene.space))
    scene.checks.same(
        "what was saved on people's own computers has arrived after sync",
        (reported.saved("here") - stored.keys(), [status.outbox for status in statuses]),
        (set(), [0] * len(FOUR)),
    )
    doubled = [record for record, times in stored.items() if times > 1]
    scene.checks.same("nothing is doubled on the server", doubled, [], f"{stored.total()} records in the call")


async def _check_screens(scene: Scene) -> None:
    """The co-chair's screen, which watched all along, and the exercise as it stands."""
    watch = scene.watch
    if watch is None:
        return
    wanted = {given for part in scene.answers for given in scene.answers[part]}
    shown = len(wanted)
    await watch.until(f"all {shown} answers", lambda _: len(watch.named("answer")) >= shown)
    seen = Counter(str(event["answer"]) for event in watch.named("answer"))
    scene.checks.same(
        "the co-chair's screen came back by itself and showed each answer once", seen, Counter(wanted),
        f"{shown} answers; the line was lost {len(watch.named('line_lost'))} times",
    )  # fmt: skip
    await watch.stop()
