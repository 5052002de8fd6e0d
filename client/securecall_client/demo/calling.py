"""Step 2: a call is opened, people and a guest are let in, and all screens show one roster code."""

import asyncio
from typing import Final

import msgspec

from securecall_client.acts import calls
from securecall_client.demo.cast import CAST
from securecall_client.demo.crowd import Voice, each
from securecall_client.demo.founding import begin_join
from securecall_client.demo.scene import Scene
from securecall_client.results.calls import Call, Code, InvitedToCall, Opened, RoleGiven
from securecall_client.results.people import Admitted, Invited, Joined

TITLE: Final = "A call is opened, a guest comes; every screen shows the same roster code, before and after a roll call"
CALL: Final = "Kiribati: civic space in spring"
LINK: Final = "https://voice.example.org/lagoon-room-4711"
ROLES_IN_CALL: Final = {"secretariat": "owner", "cochair": "chair", "guest": "guest"}
"""Whoever opens a call owns it; all others are let in as ordinary members, until an owner says otherwise."""


async def play(scene: Scene) -> None:
    """Open, invite, compare codes, call the roll, compare again. Raises: CommandError, SecureCallError."""
    await scene.sit_down(*(part for part in scene.people if part != "guest"))
    sitting = asyncio.create_task(each(scene.crowd.values(), Voice.sit_down))
    scene.canaries.plant(CALL, "Kiribati", LINK)
    about = ("--country", "KI", "--starts", scene.starts, "--civic-space", "closing", "--link", LINK)
    scene.call = (await scene.get("secretariat", Opened, "call", "open", CALL, *about)).call
    people = [who.name for who in scene.invited.values()]
    invited = await scene.get("secretariat", InvitedToCall, "call", "invite", CALL, *people)
    scene.checks.same(f"{len(people)} people were let into the call", len(invited.admitted), len(people))
    await scene.get("secretariat", RoleGiven, "call", "role", CALL, CAST["cochair"].name, "chair")
    await asyncio.gather(sitting, _bring_guest(scene))
    await scene.sit_down("guest")
    before = await _screens(scene)
    _compare_rosters(scene, before)
    _compare(scene, "before the roll call", [Code(code=call.code, seq=call.seq) for call in before.values()])
    called = await scene.get("secretariat", Code, "call", "code", CALL, "--roll-call")
    after = [Code(code=call.code, seq=call.seq) for call in (await _screens(scene)).values()]
    _compare(scene, "after the roll call", after)
    first = before["secretariat"]
    scene.checks.hold(
        "the roll call made a new code at a later place",
        called in after and called.code != first.code and called.seq > first.seq,
        f"place {first.seq}, then place {called.seq}",
    )


async def _bring_guest(scene: Scene) -> None:
    """Invite the guest for this call alone, and let them in."""
    guest = CAST["guest"]
    words = ("--call", CALL, "--role", "guest", "--org", guest.org, "--label", guest.label)
    made = await scene.get("secretariat", Invited, "invite", *words)
    join = await begin_join(scene, "guest", scene.paper("guest-invitation", made.invitation))
    await join.spoke()
    admitted = (await scene.get("secretariat", Admitted, "admit")).admitted
    joined = (await join.end()).read(Joined)
    scene.checks.same("the guest is in the call", [joined.member], admitted)


async def _screens(scene: Scene) -> dict[str, Call]:
    """What everybody's screen shows of the call, by part."""

    async def look(voice: Voice) -> Call:
        return await calls.show_call(voice.session, CALL)

    shown = await asyncio.gather(*(shell.get(Call, "call", "show", CALL) for shell in scene.shells.values()))
    crowd = await each(scene.crowd.values(), look)
    return dict(zip([*scene.shells, *scene.crowd], [*shown, *crowd], strict=True))


def _compare_rosters(scene: Scene, screens: dict[str, Call]) -> None:
    wanted = sorted((who.name, who.org, ROLES_IN_CALL.get(part, "member")) for part, who in scene.cast.items())
    shown = [
        sorted((one.name, one.org, one.role) for one in call.members)
        for part, call in screens.items()
        if part != "guest"
    ]
    scene.checks.same(
        f"all {len(shown)} screens but the guest's show the same {len(wanted)} people, with organisations and roles",
        shown, [wanted] * (len(wanted) - 1),
    )  # fmt: skip
    told = msgspec.json.encode(screens["guest"]).decode()
    named = [who.name for part, who in scene.cast.items() if part != "guest" and who.name in told]
    scene.checks.same("the guest's screen shows as many people, and nobody's name", named, [])


def _compare(scene: Scene, when: str, codes: list[Code]) -> None:
    shown = {(code.code, code.seq) for code in codes}
    scene.checks.hold(
        f"all {len(scene.cast)} screens show the same code {when}",
        len(codes) == len(scene.cast) and len(shown) == 1,
        "; ".join(f"“{code}” at place {seq}" for code, seq in sorted(shown)),
    )
