"""Leaving the demonstration standing, and how to go on by hand."""

import shlex
from collections.abc import Iterator

from securecall_client.demo.calling import CALL
from securecall_client.demo.person import PROGRAM
from securecall_client.demo.scene import Scene


async def stand(scene: Scene) -> dict[str, object]:
    """Let the server itself answer at the address that clients know, without proxy, and say how to go on.

    Raises: CommandError.
    """
    await scene.commands.end_all()
    await scene.proxy.stop()
    await scene.server.stop()
    scene.server.port = scene.front
    await scene.server.start()
    return {
        "folder": str(scene.folder),
        "address": scene.address,
        "pid": scene.server.pid,
        "stop": f"kill {scene.server.pid} && rm -r {shlex.quote(str(scene.folder))}",
        "people": [
            {
                "name": person.name,
                "org": person.org,
                "home": str(person.home),
                "passphrase_file": str(person.passphrase_file),
            }
            for person in scene.people.values()
        ],
        "commands": _commands(scene),
    }


def left_behind(scene: Scene) -> dict[str, object]:
    """Where the logs of a run lie whose checks did not all hold."""
    return {
        "folder": str(scene.folder),
        "server_logs": str(scene.server.logs),
        "wire": str(scene.wire),
        "stop": f"rm -r {shlex.quote(str(scene.folder))}",
    }


def words(left: dict[str, object]) -> Iterator[str]:
    """What is left, for people."""
    yield ""
    if "pid" not in left:
        yield f"Everything of this run is left in {left['folder']}."
        yield f"The server's logs: {left['server_logs']}. What went over the wire: {left['wire']}"
        yield f"Remove it: {left['stop']}"
        return
    yield f"The server still runs at {left['address']} (process {left['pid']}); everything lies in {left['folder']}."
    yield "Go on as any of those who act through the command, for example:"
    commands = left["commands"]
    for command in commands if isinstance(commands, list) else ():
        yield f"  {command}"
    yield f"When you have seen enough: {left['stop']}"


def _commands(scene: Scene) -> list[str]:
    """Commands that go on where the play ended, whole, for a shell."""
    call = shlex.quote(CALL)
    acts = {
        "secretariat": (f"call show {call}", f"exercise map {call} {scene.exercise[:8]}"),
        "cochair": (f"call watch {call}",),
        "focal": (f"doc list {call}", "status"),
        "ally": (f"call code {call}", f"exercise answer {call} {scene.exercise[:8]}"),
        "seized": (f"call show {call}",),
        "guest": (f"call show {call}", f"doc list {call}"),
    }
    return [
        f"SECURECALL_HOME={shlex.quote(str(person.home))}"
        f" SECURECALL_PASSPHRASE_FILE={shlex.quote(str(person.passphrase_file))} {shlex.quote(str(PROGRAM))} {act}"
        for part, person in scene.people.items()
        for act in acts[part]
    ]
