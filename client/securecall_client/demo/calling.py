"""Step 2: a call is opened, people are let in, and all screens show one roster code."""

import asyncio
from typing import Final

from securecall_client.demo.scene import Scene
from securecall_client.results.calls import Call, Code, InvitedToCall, Opened

TITLE: Final = "A call is opened; every screen shows the same roster code, before and after a roll call"
CALL: Final = "Kiribati: civic space in spring"
ROLES_IN_CALL: Final = {"secretariat": "owner"}
"""Whoever opens a call owns it; all others are let in as ordinary members."""
LINK: Final = "https://voice.example.org/lagoon-room-4711"


async def play(scene: Scene) -> None:
    """Open, invite, compare codes, call the roll, compare again. Raises: CommandError."""
    secretariat = scene.person("secretariat")
    scene.canaries.plant(CALL, "Kiribati", LINK)
    about = ("--country", "KI", "--starts", "2027-01-12T15:00+12:00", "--civic-space", "closing", "--link", LINK)
    scene.call = (await secretariat.get(Opened, "call", "open", CALL, *about)).call
    people = [person.name for person in scene.others("secretariat")]
    invited = await secretariat.get(InvitedToCall, "call", "invite", CALL, *people)
    scene.checks.same("four people were let into the call", len(invited.admitted), len(people))
    await scene.sit_down()
    before = await asyncio.gather(*(shell.get(Call, "call", "show", CALL) for shell in scene.shells.values()))
    _compare_rosters(scene, before)
    _compare(scene, "before the roll call", [Code(code=call.code, seq=call.seq) for call in before])
    called = await scene.shells["secretariat"].get(Code, "call", "code", CALL, "--roll-call")
    after = await asyncio.gather(*(shell.get(Code, "call", "code", CALL) for shell in scene.shells.values()))
    _compare(scene, "after the roll call", after)
    scene.checks.hold(
        "the roll call made a new code at a later place",
        called == after[0] and called.code != before[0].code and called.seq > before[0].seq,
        f"place {before[0].seq}, then place {called.seq}",
    )


def _compare_rosters(scene: Scene, calls: list[Call]) -> None:
    wanted = sorted((one.name, one.org, ROLES_IN_CALL.get(part, "member")) for part, one in scene.people.items())
    shown = [sorted((one.name, one.org, one.role) for one in call.members) for call in calls]
    scene.checks.same(
        "all five screens show the same five people, with their organisations and roles",
        shown, [wanted] * len(scene.people),
    )  # fmt: skip


def _compare(scene: Scene, when: str, codes: list[Code]) -> None:
    shown = {(code.code, code.seq) for code in codes}
    screens = len(scene.people)
    scene.checks.hold(
        f"all five screens show the same code {when}",
        len(codes) == screens and len(shown) == 1,
        "; ".join(f"“{code}” at place {seq}" for code, seq in sorted(shown)),
    )
