"""Step 4: three people answer an exercise at once while a fourth watches their answers arrive."""

import asyncio
from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.calling import CALL
from securecall_client.demo.person import Event, Reply
from securecall_client.demo.scene import Scene
from securecall_client.results.exercises import Answered, StartedExercise
from securecall_client.work import template

TITLE: Final = "Three people answer an exercise at once; a fourth sees the answers arrive live"
TEMPLATE: Final = "who-does-what"
THREE: Final = ("focal", "ally", "seized")


async def play(scene: Scene) -> None:
    """Start, watch, answer. The watch goes on through the next step. Raises: CommandError."""
    asked = template.load(TEMPLATE)
    scene.canaries.plant(asked.title, *(question.title for question in asked.questions))
    start = ("exercise", "start", CALL, TEMPLATE)
    watch = scene.watch = await scene.person("cochair").watch("call", "watch", CALL)
    scene.exercise = (await scene.person("secretariat").get(StartedExercise, *start)).exercise
    await watch.until("that the line is up", lambda events: any(one["event"] == "connected" for one in events))
    replies = await asyncio.gather(*(answer(scene, part, rows.draft(part, 0)) for part in THREE))
    scene.checks.same(
        "three answers, given at once, are saved on the server",
        [(reply.code, reply.read(Answered).saved) for reply in replies],
        [(0, "server")] * len(THREE),
    )
    await watch.until("three answers", lambda events: len(_answers(events)) >= len(THREE))
    scene.checks.same(
        "the co-chair saw these three arrive, and nothing else",
        sorted(_answers(watch.events)),
        sorted(scene.answers[part][0] for part in THREE),
        "live, through the server's WebSocket",
    )


async def answer(scene: Scene, part: str, given: list[rows.Row], *, codes: tuple[int, ...] = (0,)) -> Reply:
    """Have somebody answer from a file; what they are told is noted. Raises: CommandError."""
    file = scene.rows(part, given)
    words = ("exercise", "answer", CALL, scene.exercise, "--file", str(file))
    reply = await scene.person(part).run(*words, codes=codes)
    scene.answers.setdefault(part, []).append(reply.read(Answered).answer)
    return reply


def _answers(events: list[Event]) -> list[str]:
    return [str(event["answer"]) for event in events if event["event"] == "answer"]
