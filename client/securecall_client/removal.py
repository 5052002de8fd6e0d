"""This device was removed: what the server says of it counts only as signed by another device of its member (protocol
4.2, 13.8; rows T07, R08).

A removed device is let in nowhere, so no chain can tell it. The refusal of its login brings its member's identity
entries instead, which are held against the identity that is known here.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from securecall.errors import InvalidError
from securecall.identity import Identity, extend
from securecall_client.errors import ProofError, RefusedError, RemovedError
from securecall_client.receipts import STOP

if TYPE_CHECKING:
    from securecall_client.session import Session


async def heed(session: "Session", error: RemovedError) -> RefusedError:
    """Wipe what must go once it is shown that this device was removed; gives what the person is told.

    Raises: ProofError if entries were shown that do not hold; then nothing is wiped.
    """
    view = await session.view(session.home) if session.home else None
    known = view.chain.roster.known.get(session.member) if view is not None and view.chain.heads else None
    if known is None or not is_removed(known, error.identity, session.device.id):
        return error
    await session.wipe()
    return RefusedError(
        "This device was removed, as another device of yours has signed.",
        hint="Its keys and what others wrote were wiped from this computer; with --offline you can read what you wrote "
        "yourself. To come back, link it anew, into an empty folder. If you did not remove it, call the secretariat.",
        code=error.code,
    )


def is_removed(known: Identity, entries: Sequence[bytes], device: bytes) -> bool:
    """Whether ``entries``, from number 0 on, extend the identity known here to where ``device`` counts no more.

    Raises: ProofError if those past the known ones do not hold.
    """
    try:
        for entry in entries[known.number + 1 :]:
            known = extend(known, entry)
    except InvalidError as error:
        raise ProofError(
            "The server said that this device was removed, and showed what no device of yours has signed.", hint=STOP
        ) from error
    mine = known.devices.get(device)
    return mine is not None and not mine.live
