"""Step 1: the coalition is founded, and everybody who was invited joins at once."""

import asyncio
import csv
import io
from pathlib import Path
from typing import Final

from securecall_client.demo.cast import COALITION, INVITED
from securecall_client.demo.person import PASSPHRASE_MIB, Person, Running
from securecall_client.demo.scene import Scene
from securecall_client.results.people import Admitted, Founded, InvitationFiles, Joined
from securecall_client.work.covering import code_in
from securecall_keys.invitation import InvitationKeys, read_invitation, read_setup
from securecall_keys.secret import Secret

TITLE: Final = f"The secretariat founds the coalition; {len(INVITED)} people join at once, by invitation"
COST: Final = ("--passphrase-memory", str(PASSPHRASE_MIB))


async def play(scene: Scene) -> None:
    """Found, invite all by one table, and let in whoever asks until nobody is outside. Raises: CommandError."""
    secretariat = scene.person("secretariat")
    await scene.open()
    await _found(scene, secretariat)
    letters = await _invite(scene, secretariat)
    commands = {part: await begin_join(scene, part, letters[part]) for part in scene.invited if part in scene.people}
    crowd = [asyncio.create_task(voice.join(plant(scene, letters[part]))) for part, voice in scene.crowd.items()]
    await asyncio.gather(*(join.spoke() for join in commands.values()), *(v.say.spoke() for v in scene.crowd.values()))
    admitted = await _admit(secretariat, len(scene.invited))
    joined = [*await asyncio.gather(*crowd), *[(await join.end()).read(Joined) for join in commands.values()]]
    scene.checks.hold(
        f"all {len(scene.invited)} who were invited are in, let in by the secretariat's word",
        len(joined) == len(scene.invited) and sorted(one.member for one in joined) == sorted(admitted),
        f"they joined at once, {len(commands)} of them each as a process of their own",
    )


async def begin_join(scene: Scene, part: str, letter: Path) -> Running:
    """Let somebody begin to join through the command. Raises: CommandError."""
    plant(scene, letter)
    person = scene.person(part)
    return await person.begin("join", "--name", person.name, "--from", str(letter), *COST)


def plant(scene: Scene, letter: Path) -> str:
    """The invitation in a letter; it and all its keys are planted."""
    text = "".join(code_in(letter.read_text(encoding="utf-8")).split())
    told = read_invitation(text)
    secret = Secret(told.secret)
    scene.canaries.plant(text)
    scene.canaries.plant_keys([secret, InvitationKeys(told.space, secret).letter_key])
    return text


async def _found(scene: Scene, secretariat: Person) -> None:
    code = scene.paper("setup-code", scene.setup)
    scene.canaries.plant(scene.setup)
    scene.canaries.plant_keys([read_setup(scene.setup).seed])
    names = ("--name", secretariat.name, "--org", secretariat.org)
    await secretariat.get(Founded, "found", COALITION, "--server", scene.address, *names, "--from", str(code), *COST)


async def _invite(scene: Scene, secretariat: Person) -> dict[str, Path]:
    """Invite everybody by one table; the letter of each, by part. Raises: CommandError."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["label", "org", "role"])
    writer.writerows([who.label, who.org, who.role] for who in scene.invited.values())
    people = scene.paper("people.csv", table.getvalue())
    made = await secretariat.get(InvitationFiles, "invite", "--people", str(people), "-o", str(scene.desk / "letters"))
    files = {one.label: Path(one.file) for one in made.invitations}
    return {part: files[who.label] for part, who in scene.invited.items()}


async def _admit(secretariat: Person, invited: int) -> list[str]:
    """Let in whoever asks until nobody does. Raises: CommandError."""
    admitted: list[str] = []
    while len(admitted) < invited:
        round_ = await secretariat.get(Admitted, "admit")
        if not round_.admitted:
            break
        admitted += round_.admitted
    return admitted
