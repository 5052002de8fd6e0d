"""`securecall demo --web`: the play's first half, and then the pages of four of its people, side by side."""

import asyncio
import re
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from securecall_client.demo import agreeing, answering, calling, founding, run, sharing
from securecall_client.demo.cast import CROWD
from securecall_client.demo.checks import Check, Checks
from securecall_client.demo.crowd import Voice, each
from securecall_client.demo.person import LONGEST, CommandError, Person, stream
from securecall_client.demo.report import Narrator
from securecall_client.demo.scene import Scene
from securecall_client.progress import Terminal
from securecall_client.web.opener import open_browser

PARTS: Final = {
    "secretariat": "the secretariat, which opened the call",
    "focal": "a focal point, who put up the documents",
    "ally": "an ally",
    "guest": "a guest, who sees what is for everyone",
}
"""Whose pages are opened, and who they are."""
_CROWD: Final = {part: CROWD[part] for part in ("second", "focal-2", "ally-2", "ally-3")}
"""Who is there besides those who act through the command: few, so that it stands within half a minute."""
_STEPS: Final = (
    ("The secretariat founds a coalition, and people join by invitation", founding.play),
    ("A call is opened, and a guest comes", calling.play),
    ("The focal point puts up documents", sharing.play),
    ("People answer an exercise", answering.play),
    (agreeing.TITLE, agreeing.play),
)
_ADDRESS: Final = re.compile(rb"http://\S+/#enter=\S+")
_END: Final = 10.0
"""Seconds that a program of pages has to end."""


def main(*, browser: bool) -> int:
    """Play, open, and let people click until Ctrl-C, or the terminal is closed; then nothing of it is left.

    Raises: SecureCallError, OSError.
    """
    run.compile_once()
    folder = Path(tempfile.mkdtemp(prefix="securecall-demo-"))
    for ends in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ends, signal.default_int_handler)
    try:
        asyncio.run(_in_folder(folder, browser=browser))
    except KeyboardInterrupt:
        with suppress(OSError):  # a terminal that was closed takes no words
            _say("Ended. Nothing of it is left.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


async def _in_folder(folder: Path, *, browser: bool) -> None:
    narrator, began = Narrator(Terminal()), time.monotonic()
    now = datetime.now().astimezone().isoformat(timespec="minutes")
    scene = Scene(folder, Checks(_keep_still), _CROWD, big_mib=1, starts=now)
    try:
        for number, (title, play) in enumerate(_STEPS, start=1):
            narrator.step(number, title)
            await play(scene)
        await scene.stand_up()
        await each(scene.crowd.values(), Voice.stand_up)
        await scene.commands.end_all()
        open_it = open_browser if browser else _nothing
        people = [(scene.person(part), words) for part, words in PARTS.items()]
        addresses = await asyncio.gather(*(_serve(person, scene.call) for person, _ in people))
        for (person, words), address in zip(people, addresses, strict=True):
            _say(f"{person.name}, {words}:\n  {address}\n  passphrase, if you lock it: {_passphrase(person)}")
            open_it(address, person.home)
        seconds = time.monotonic() - began
        _say(f"\n{len(scene.cast)} people are in this call, after {seconds:.0f} seconds. Ctrl-C ends it.")
        await asyncio.Event().wait()
    finally:
        for process in scene.commands.running():
            process.send_signal(signal.SIGINT)
        await asyncio.wait([asyncio.ensure_future(scene.commands.all_ended())], timeout=_END)
        await scene.close()


async def _serve(person: Person, call: str) -> str:
    """Start somebody's pages, which are unlocked at once; gives the address that lets a browser in, at the call."""
    process = await person.commands.start(person.environment, ["web", "--no-browser", "--idle", "1440"])
    async with asyncio.timeout(LONGEST):
        async for line in stream(process.stdout):
            if found := _ADDRESS.search(line):
                return found[0].decode().replace("/#", f"/call/{call}#", 1)
    raise CommandError(f"The pages of {person.name} did not open.")


def _passphrase(person: Person) -> str:
    """What unlocks somebody's pages again: of a play that is thrown away, so it may stand in the terminal."""
    return person.passphrase_file.read_text(encoding="utf-8").strip()


def _keep_still(_check: Check) -> None:
    """What is checked on the way is for `securecall demo`."""


def _nothing(_address: str, _home: Path) -> None:
    """Leave it to the person to go there."""


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
