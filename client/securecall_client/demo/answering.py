"""Step 4: people answer a sealed exercise at once while one watches who has; the guest is asked something else."""

import asyncio
from typing import Final

from securecall_client.demo import rows
from securecall_client.demo.calling import CALL
from securecall_client.demo.cast import CAST
from securecall_client.demo.scene import Scene
from securecall_client.results.exercises import Answered, Exercises, StartedExercise
from securecall_client.work import template

TITLE: Final = "Three people answer a sealed exercise at once; a fourth sees live that they do, and nothing of what"
TEMPLATE: Final = "who-does-what"
FOR_GUESTS_TOO: Final = "Who does what, also for guests"
"""What the exercise for everyone is called, so that nobody takes it for the other."""
THREE: Final = ("focal", "ally", "seized")


async def play(scene: Scene) -> None:
    """Start, watch, answer. The watch goes on until the exercise is revealed. Raises: CommandError."""
    asked = template.load(TEMPLATE)
    scene.canaries.plant(asked.title, FOR_GUESTS_TOO, *(question.title for question in asked.questions))
    start = ("exercise", "start", CALL, TEMPLATE)
    watch = scene.watch = await scene.person("cochair").watch("call", "watch", CALL)
    scene.exercise = (await scene.get("secretariat", StartedExercise, *start, "--sealed")).exercise
    everyone = await scene.get(
        "secretariat", StartedExercise, *start, "--circle", "everyone", "--title", FOR_GUESTS_TOO
    )
    scene.for_everyone = everyone.exercise
    await watch.until("that the line is up", lambda events: any(one["event"] == "connected" for one in events))
    drafts = {part: rows.draft(part, 0) for part in THREE} | {"seized": rows.FINAL["seized"]}
    told = await asyncio.gather(*(answer(scene, part, given) for part, given in drafts.items()))
    scene.checks.same(
        "three answers, given at once, are saved on the server", [one.saved for one in told], ["server"] * len(THREE)
    )
    await watch.until("three answers", lambda _: len(watch.named("sealed_answer")) >= len(THREE))
    scene.checks.same(
        "the co-chair saw these three arrive, and nothing of what they say",
        (sorted(str(event["name"]) for event in watch.named("sealed_answer")), watch.named("answer")),
        (sorted(CAST[part].name for part in THREE), []),
        "live, through the server's WebSocket",
    )
    listed = await scene.get("guest", Exercises, "exercise", "list", CALL)
    scene.checks.same(
        "the guest sees the exercise for everyone, and not the other",
        [one.exercise for one in listed.exercises], [scene.for_everyone],
    )  # fmt: skip


async def answer(scene: Scene, part: str, given: list[rows.Row]) -> Answered:
    """Have somebody answer at their shell, from a file; what they are told is noted. Raises: CommandError."""
    told = await scene.get(part, Answered, *words(scene, part, given))
    scene.answers.setdefault(part, []).append(told.answer)
    return told


def words(scene: Scene, part: str, given: list[rows.Row], exercise: str = "") -> tuple[str, ...]:
    """The command that answers, with the rows in a new file; if no exercise is named, the one that is for them."""
    exercise = exercise or (scene.for_everyone if part == "guest" else scene.exercise)
    return ("exercise", "answer", CALL, exercise, "--file", str(scene.rows(part, given)))
