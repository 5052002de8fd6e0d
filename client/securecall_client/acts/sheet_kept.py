"""Whether one has a recovery sheet, and has shown that it is at hand where one put it (protocol 4.4)."""

from typing import Literal

from securecall_client.results.devices import MadeSheet
from securecall_client.session import Session

_UNTRIED = "sheet-untried"
SheetState = Literal["none", "untried", "kept"]


async def sheet_state(session: Session) -> SheetState:
    """None was made; one was made here and nobody has shown since that they have it; or there is one."""
    me = (await session.view(session.home)).me
    sheets = [] if me is None else [device.device for device in me.devices() if device.kind == "sheet"]
    if not sheets:
        return "none"
    return "untried" if await session.replica.meta(_UNTRIED) in sheets else "kept"


async def note_made(session: Session, made: MadeSheet) -> None:
    """Remember that a sheet was made and is still to be put away."""
    await session.replica.set_meta(_UNTRIED, bytes.fromhex(made.device))


async def note_put_away(session: Session) -> None:
    """Remember that whoever made the newest sheet has it."""
    await session.replica.set_meta(_UNTRIED, b"")
