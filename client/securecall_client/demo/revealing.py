"""Step 6: until the sealed exercise is revealed, each reads their own answers; from then on all read the same."""

import asyncio
from collections import Counter
from typing import Final

from securecall_client.demo.calling import CALL
from securecall_client.demo.cast import CAST
from securecall_client.demo.crowd import Voice, each
from securecall_client.demo.scene import Scene
from securecall_client.results.exercises import ExerciseAnswers, ExerciseState

TITLE: Final = "The sealed exercise is revealed: before that each reads only their own answers, afterwards all the same"
_REFUSED: Final = (1, "sealed")
"""Exit code and code of the failure."""


async def play(scene: Scene) -> None:
    """Look before the reveal, reveal, and count what everybody reads. Raises: CommandError, SecureCallError."""
    await each(scene.crowd.values(), Voice.catch_up)
    await _check_sealed(scene)
    told = await scene.get("cochair", ExerciseState, "exercise", "reveal", CALL, scene.exercise)
    scene.checks.same(
        "the co-chair reveals it, who did not start it",
        (told.sealed, told.revealed, told.saved),
        (True, True, "server"),
    )
    await _check_readable(scene)
    await _check_shown(scene)
    await _check_screen(scene)


async def _check_sealed(scene: Scene) -> None:
    """What an ally's commands and the clients of the crowd know of it before."""
    mapping = scene.person("ally").run("exercise", "map", CALL, scene.exercise, codes=range(256))
    shown, drawn, opened = await asyncio.gather(
        scene.get("ally", ExerciseAnswers, "exercise", "show", CALL, scene.exercise),
        mapping,
        each(scene.crowd.values(), lambda voice: _opened(voice, scene)),
    )
    told = len(shown.answered)
    scene.checks.same(
        "an ally is shown who has answered, the rows of nobody else, and no map",
        ([one.answer for one in shown.answers], told, (drawn.code, drawn.refusal())),
        (scene.answers["ally"][-1:], len(_wrote(scene, *CAST)) - len(_wrote(scene, "guest", "seized")), _REFUSED),
        f"{told} people have answered",
    )
    own = [set(scene.answers[part]) for part in scene.crowd]
    scene.checks.same(
        f"each of {len(own)} clients opens the answers of its own person, and none of the others'", opened, own,
        f"{sum(map(len, opened))} opened",
    )  # fmt: skip


async def _check_readable(scene: Scene) -> None:
    """Sent, received and readable: what people were told of, what the server has, what each client opens."""
    sent = {given for part in scene.answers for given in scene.answers[part]}
    received = sent & {record.hex() for record in scene.store().records(scene.space)}
    await each(scene.crowd.values(), Voice.catch_up)
    readable = await each(scene.crowd.values(), lambda voice: _readable(voice, scene))
    scene.checks.same(
        f"sent, received, and readable for each of {len(readable)} clients are the same answers",
        [sent == received, *(one == sent for one in readable)], [True] * (1 + len(readable)),
        f"{len(sent)} sent, {len(received)} received, {min(map(len, readable))} to {max(map(len, readable))} readable",
    )  # fmt: skip


async def _check_shown(scene: Scene) -> None:
    """What the command shows to those who sit at a shell."""
    parts = [part for part in scene.shells if part not in ("guest", "seized")]
    show = ("exercise", "show", CALL, scene.exercise)
    shown = await asyncio.gather(*(scene.get(part, ExerciseAnswers, *show) for part in parts))
    wrote = _wrote(scene, *CAST) - {"guest"}
    scene.checks.same(
        f"{len(parts)} people are shown the same last answer of each, with all its rows",
        [(one.answers, {line.answer for line in one.answers}) for one in shown],
        [(shown[0].answers, {scene.answers[part][-1] for part in wrote})] * len(parts),
        f"{len(wrote)} answers",
    )  # fmt: skip


async def _check_screen(scene: Scene) -> None:
    """The co-chair's screen, which watched all along, through the server's crash too."""
    watch = scene.watch
    if watch is None:
        return
    wanted = Counter(given for part in scene.answers for given in scene.answers[part])
    await watch.until(f"all {wanted.total()} answers", lambda _: len(watch.named("answer")) >= wanted.total())
    arrived = Counter(str(event["name"]) for event in watch.named("sealed_answer"))
    seen = Counter(str(event["answer"]) for event in watch.named("answer"))
    lost = len(watch.named("line_lost"))
    scene.checks.same(
        "the co-chair's screen came back by itself, told of each answer once, and once revealed showed each once",
        (arrived, seen),
        (Counter({CAST[part].name: len(scene.answers[part]) for part in _wrote(scene, *CAST) - {"guest"}}), wanted),
        f"{wanted.total()} answers; the line was lost {'once' if lost == 1 else f'{lost} times'}",
    )  # fmt: skip
    await watch.stop()


def _wrote(scene: Scene, *parts: str) -> set[str]:
    """Those of these parts who answered."""
    return set(parts) & scene.answers.keys()


async def _readable(voice: Voice, scene: Scene) -> set[str]:
    """The answers that somebody's client reads, with no key of its own beside the call's."""
    state = (await voice.session.view(scene.space)).state
    return {origin.record.hex() for given in state.answers.values() for origin, _ in given}


async def _opened(voice: Voice, scene: Scene) -> set[str]:
    """The answers to the sealed exercise that somebody's client opens with every key that it has."""
    state = (await voice.session.view(scene.space)).unsealed().state
    exercise = bytes.fromhex(scene.exercise)
    return {origin.record.hex() for (of, _), given in state.answers.items() if of == exercise for origin, _ in given}
