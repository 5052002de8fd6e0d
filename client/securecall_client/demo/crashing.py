"""Step 5: all answer at once; meanwhile a rotation, a removal, and a SIGKILL of the server and of a client."""

import asyncio
import os
import shutil
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from securecall_client.acts import exercises
from securecall_client.demo import papers, rows
from securecall_client.demo.answering import TEMPLATE, answer, words
from securecall_client.demo.calling import CALL
from securecall_client.demo.crowd import Voice, each
from securecall_client.demo.person import LONGEST
from securecall_client.demo.scene import Scene
from securecall_client.results.calls import Removed, Rotated
from securecall_client.results.common import Saved
from securecall_client.results.documents import GotDocument
from securecall_client.results.exercises import Answered
from securecall_client.results.status import Status
from securecall_client.text import size
from securecall_client.work import template
from securecall_client.work.rows import read_answer

TITLE: Final = "All answer at once; amid it a rotation, a removal, a SIGKILL of the server and of a client that sends"
BY_COMMAND: Final = ("secretariat", "ally", "guest")
EACH: Final = 2
"""Answers by each command; the last is what counts."""
MOST: Final = 12
"""Answers by each of the crowd at most; the last one comes once the server is gone."""
ROTATE_AT, REMOVE_AT, KILL_AT = 8, 16, 28
"""The acts amid it come when so many answers have been reported saved on the server; others are then under way."""
UPLOAD_NAME: Final = "sent-through-two-crashes.bin"
_MIB: Final = 1024 * 1024
_UPLOAD: Final = 24 * _MIB
_CUT_AT: Final = 6 * _MIB
"""Bytes that have gone out when the client that sends them is killed."""
_HERE: Final = 4


@dataclass(slots=True)
class Reported:
    """What people were told of their answers: the id to where it is saved."""

    answers: dict[str, Saved] = field(default_factory=dict)
    honest: list[bool] = field(default_factory=list)
    """Of each answer by command, whether its exit code says the same."""
    killed: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def note(self, told: Answered) -> None:
        """One more."""
        async with self._moved:
            self.answers[told.answer] = told.saved
            self._moved.notify_all()

    async def reached(self, count: int) -> None:
        """Wait until so many were reported saved on the server."""
        async with self._moved:
            await self._moved.wait_for(lambda: len(self.saved("server", "others")) >= count)

    def saved(self, *where: Saved) -> set[str]:
        """The answers that were reported saved there."""
        return {answer for answer, saved in self.answers.items() if saved in where}


async def play(scene: Scene) -> None:
    """Answer, rotate, remove, kill, start, catch up, and count. Raises: CommandError, SecureCallError, OSError."""
    reported = Reported()
    await asyncio.to_thread(shutil.copytree, scene.person("seized").home, scene.loot)
    cut = asyncio.create_task(_cut_off(scene))
    async with asyncio.timeout(LONGEST):
        await asyncio.gather(
            cut,
            _amid(scene, reported),
            *(_answer_by_command(scene, part, reported) for part in BY_COMMAND),
            *(_answer_here(scene, part, voice, reported) for part, voice in scene.crowd.items()),
        )
    await scene.restore_power()
    _check_reports(scene, reported)
    _check_kept(scene, reported)
    catching_up = each(scene.crowd.values(), Voice.catch_up)
    statuses = await asyncio.gather(*(scene.get(part, Status, "sync") for part in (*BY_COMMAND, "focal")))
    await catching_up
    await answer(scene, "focal", rows.FINAL["focal"])
    _check_sent(scene, reported, statuses)
    await _check_upload(scene, cut.result())


async def _amid(scene: Scene, reported: Reported) -> None:
    """What happens while answers are under way."""
    await reported.reached(ROTATE_AT)
    rotated = await scene.get("cochair", Rotated, "call", "rotate", CALL)
    await reported.reached(REMOVE_AT)
    scene.removed = await scene.get("secretariat", Removed, "call", "remove", CALL, scene.person("seized").name)
    scene.checks.same(
        "amid the answers a rotation and a removal each started an epoch", scene.removed.epoch, rotated.epoch + 1
    )
    await reported.reached(KILL_AT)
    await scene.cut_power()
    reported.killed.set()


async def _cut_off(scene: Scene) -> Path:
    """Put a file up, and kill the client while it sends; the file."""
    upload = await asyncio.to_thread(_lay_out, scene.desk / UPLOAD_NAME)
    scene.canaries.plant(UPLOAD_NAME)
    before = scene.proxy.sent
    sending = await scene.person("focal").begin("doc", "add", CALL, str(upload))
    await scene.proxy.reached(before + _CUT_AT)
    code, sent = await sending.kill(), scene.proxy.sent - before
    scene.checks.hold(
        "a client was killed (SIGKILL) while it sent a file",
        code == -signal.SIGKILL and sent < upload.stat().st_size, f"{size(sent)} had gone out of {size(_UPLOAD)}",
    )  # fmt: skip
    return upload


async def _answer_by_command(scene: Scene, part: str, reported: Reported) -> None:
    """A series of answers, each as soon as the last is reported; the newest is the one that counts."""
    for number in range(1, EACH + 1):
        given = rows.FINAL[part] if number == EACH else rows.draft(part, number)
        reply = await scene.person(part).run(*words(scene, part, given), codes=(0, _HERE))
        told = reply.read(Answered)
        scene.answers.setdefault(part, []).append(told.answer)
        reported.honest.append(reply.code == (_HERE if told.saved == "here" else 0))
        await reported.note(told)


async def _answer_here(scene: Scene, part: str, voice: Voice, reported: Reported) -> None:
    """One of the crowd answers again and again, until the server is gone and once more."""
    number, last = 1, False
    while not last:
        if number == MOST:
            # On a slow machine the crowd is done before the rotation and the removal are.
            await reported.killed.wait()
        last = reported.killed.is_set()
        given = rows.quiet(part) if last else rows.draft(part, number)
        scene.canaries.plant_rows(given)
        parsed = read_answer({"rows": given}, template.load(TEMPLATE))
        told = await exercises.answer_exercise(voice.session, CALL, scene.exercise, parsed)
        scene.answers.setdefault(part, []).append(told.answer)
        await reported.note(told)
        number += 1


def _check_reports(scene: Scene, reported: Reported) -> None:
    on_server, here = reported.saved("server", "others"), reported.saved("here")
    scene.checks.hold(
        "the kill fell among the answers: some were saved on the server by then, others were not",
        bool(on_server) and bool(here),
        f"{len(on_server)} on the server, {len(here)} on people's own computers",
    )
    scene.checks.same(
        "each command that could not reach the server said so (saved here, exit code 4)",
        reported.honest, [True] * (EACH * len(BY_COMMAND)),
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
        (set(), [0] * len(statuses)),
    )
    doubled = [record for record, times in stored.items() if times > 1]
    scene.checks.same("nothing is doubled on the server", doubled, [], f"{stored.total()} records in the call")


async def _check_upload(scene: Scene, upload: Path) -> None:
    """The file whose sender was killed: it went on where it was, and somebody has its very bytes."""
    copy = scene.folder / "read-after-two-crashes"
    await scene.get("ally", GotDocument, "doc", "get", CALL, UPLOAD_NAME, "-o", str(copy))
    scene.checks.same(
        "the file whose client was killed in mid-upload is there whole, sent by its next command",
        papers.sha256(copy), papers.sha256(upload), size(_UPLOAD),
    )  # fmt: skip


def _lay_out(path: Path) -> Path:
    with path.open("xb") as file:
        file.write(os.urandom(_UPLOAD))
    return path
