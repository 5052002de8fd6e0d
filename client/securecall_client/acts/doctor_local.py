"""What the doctor looks at on this computer: programs, folder, modes, disk (rows T09, O06)."""

import os
import platform
import shutil
import sqlite3
import ssl
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from securecall.sentences import sentence
from securecall_client.posix import is_own, is_private, missing_here
from securecall_client.profile import Profile
from securecall_client.results.doctor import Check, CheckState
from securecall_client.text import size

ROOM = 256 * 1024 * 1024
"""Free bytes below which a profile may run into a full disk in the middle of a call."""


_INSTEAD: Final = {
    "modes": sentence("Keep the profile, and a file with its passphrase, within your own user's folder."),
    "memory": sentence("Let nobody else use this computer while SecureCall is open, and lock it when you leave."),
    "sandbox": sentence("Open files in SecureCall only from people you know, or look at them on Linux."),
}
"""What a person can do in place of what a system has no means for."""


def check(name: str, state: CheckState, message: str, hint: str | None = None) -> Check:
    """One line of the diagnosis."""
    return Check(check=name, state=state, message=message, hint=hint)


def check_local(home: Path) -> list[Check]:
    """Everything that needs no line."""
    try:
        return [*_programs(), *_missing(), *_profile(home), _disk(home)]
    except OSError as error:
        message = sentence(
            "The folder %(home)s cannot be looked at: %(strerror)s.", home=shown(home), strerror=error.strerror
        )
        return [
            *_programs(),
            *_missing(),
            check("folder", "problem", message, sentence("Is it another user's? Name your own: --home DIR.")),
        ]


def shown(path: Path) -> str:
    """A path without the name of whose home it is in."""
    try:
        return str(Path("~") / path.absolute().relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def _programs() -> Iterator[Check]:
    yield check("version", "ok", sentence("SecureCall %(version)s", version=version("securecall")))
    yield check(
        "python",
        "ok",
        sentence(
            "Python %(python_version)s on %(system)s (%(machine)s)",
            python_version=platform.python_version(),
            system=platform.system(),
            machine=platform.machine(),
        ),
    )
    yield check("sqlite", "ok", sentence("SQLite %(sqlite_version)s", sqlite_version=sqlite3.sqlite_version))
    yield check(
        "openssl", "ok", sentence("The line to the server is encrypted by %(library)s.", library=ssl.OPENSSL_VERSION)
    )


def _missing() -> Iterator[Check]:
    """What SecureCall cannot do for people on this system, so that nobody relies on it."""
    for what, words in missing_here().items():
        yield check(what, "left out", words, _INSTEAD.get(what))


def _profile(home: Path) -> Iterator[Check]:
    if home.is_symlink():
        hint = sentence("Name the folder itself: --home DIR.")
        yield check("folder", "problem", sentence("%(home)s is a symbolic link.", home=shown(home)), hint)
        return
    if not Profile(home).exists():
        hint = sentence("Join with an invitation (securecall join), or name the folder: --home DIR.")
        yield check("folder", "left out", sentence("There is no profile in %(home)s.", home=shown(home)), hint)
        return
    yield check("folder", "ok", sentence("The profile is in %(home)s.", home=shown(home)))
    if "modes" not in missing_here():
        yield _modes(home)


def _modes(home: Path) -> Check:
    """Whether the profile is its owner's alone. A file is named only by the part of the profile that it is in."""
    inside = [path for folder, names, files in os.walk(home) for path in (Path(folder, name) for name in names + files)]
    open_ones = [path for path in [home, *inside] if not _is_private(path)]
    if not open_ones:
        return check("modes", "ok", sentence("Nobody else on this computer can read or change the profile."))
    parts = sorted(
        {path.relative_to(home).parts[0] if path != home else sentence("the folder itself") for path in open_ones}
    )
    return check(
        "modes",
        "problem",
        sentence("Others on this computer may read or change parts of the profile: %(parts)s.", parts=parts),
        sentence(
            "chmod -R u=rwX,go= %(home)s closes it; what belongs to another user must be given back to you.",
            home=shown(home),
        ),
    )


def _is_private(path: Path) -> bool:
    state = path.lstat()
    return is_own(state) and is_private(state) and not path.is_symlink()


def _disk(home: Path) -> Check:
    there = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < ROOM:
        hint = sentence("Make room: what you write is kept there before it is sent.")
        return check("disk", "problem", sentence("The disk of the profile has %(size)s left.", size=size(free)), hint)
    return check("disk", "ok", sentence("The disk of the profile has %(size)s left.", size=size(free)))
