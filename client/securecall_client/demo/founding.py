"""Step 1: the coalition is founded, and four people join by invitation."""

import asyncio
from typing import Final

from securecall_client.demo.person import PASSPHRASE_MIB, Person, Running
from securecall_client.demo.scene import COALITION, Scene
from securecall_client.results.people import Admitted, Founded, Invited, Joined
from securecall_keys.invitation import InvitationKeys, read_invitation, read_setup
from securecall_keys.secret import Secret

TITLE: Final = "The secretariat founds the coalition; four people join by invitation"
ROLES: Final = {"cochair": "chair", "focal": "member", "ally": "member", "seized": "member"}
_COST: Final = ("--passphrase-memory", str(PASSPHRASE_MIB))


async def play(scene: Scene) -> None:
    """Found, invite each, and let in whoever asks until nobody is outside. Raises: CommandError."""
    secretariat = scene.person("secretariat")
    await scene.open()
    await _found(scene, secretariat)
    begun = await asyncio.gather(*(_invite_and_join(scene, secretariat, part) for part in ROLES))
    joins = dict(zip(ROLES, begun, strict=True))
    admitted = await _admit(secretariat, list(joins.values()))
    joined = {part: (await join.end()).read(Joined) for part, join in joins.items()}
    scene.checks.hold(
        "all four who were invited are in, let in by the secretariat's word",
        len(joined) == len(ROLES) and sorted(one.member for one in joined.values()) == sorted(admitted),
        "they joined at once, each as a process of their own",
    )


async def _found(scene: Scene, secretariat: Person) -> None:
    code = scene.paper("setup-code", scene.setup)
    scene.canaries.plant(scene.setup)
    scene.canaries.plant_keys([read_setup(scene.setup).seed])
    names = ("--name", secretariat.name, "--org", secretariat.org)
    await secretariat.get(Founded, "found", COALITION, "--server", scene.address, *names, "--from", str(code), *_COST)


async def _invite_and_join(scene: Scene, secretariat: Person, part: str) -> Running:
    """Invite somebody, who begins to join at once; the next invitation meanwhile waits its turn at the profile."""
    person = scene.person(part)
    words = ("--role", ROLES[part], "--org", person.org, "--label", person.label)
    made = await secretariat.get(Invited, "invite", *words)
    text = scene.paper(f"{part}-invitation", made.invitation)
    _plant(scene, made.invitation)
    return await person.begin("join", "--name", person.name, "--from", str(text), *_COST)


def _plant(scene: Scene, invitation: str) -> None:
    told = read_invitation(invitation)
    secret = Secret(told.secret)
    scene.canaries.plant(invitation)
    scene.canaries.plant_keys([secret, InvitationKeys(told.space, secret).letter_key])


async def _admit(secretariat: Person, joins: list[Running]) -> list[str]:
    """Let in whoever asks, once everybody has said that they wait (or has given up). Raises: CommandError."""
    await asyncio.gather(*(join.spoke() for join in joins))
    admitted: list[str] = []
    while len(admitted) < len(joins):
        round_ = await secretariat.get(Admitted, "admit")
        if not round_.admitted:
            break
        admitted += round_.admitted
    return admitted
