"""What a command does last, for others: what chains call for, and an answer to who asked (protocol 5.5, 13; row S09).

Nothing of it is in the way of what the person wanted, which is done by then.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from securecall.sentences import together
from securecall_client import content, duties
from securecall_client.errors import ProofError, SecureCallError
from securecall_client.view import SpaceView

if TYPE_CHECKING:
    from securecall_client.session import Session


async def see_to_others(session: "Session") -> None:
    """Do, in the spaces that were looked at, what they call for, and confirm the head to whoever asked."""
    for space in [view.space for view in session.at_hand()] if session.reached else []:
        async with _in_passing(session):
            await duties.see_to(session, space)
    for view in session.at_hand():
        if await _owes_answer(session, view):
            async with _in_passing(session):
                await session.writer.write(view.space, content.Empty(asks=False), "everyone")


async def _owes_answer(session: "Session", view: SpaceView) -> bool:
    """Whether somebody asks here for a confirmation, and this device can give one that is not on its way yet."""
    if not view.is_in() or not session.reached or view.space in session.line.read_only:
        return False
    asked = view.state.asked
    if asked is None or asked[1] == session.member or view.chain.roster.due or view.lacks_key() is not None:
        return False
    return not await session.replica.waiting(view.space)


@asynccontextmanager
async def _in_passing(session: "Session") -> AsyncIterator[None]:
    """What fails within holds nothing up; of it, what is proven is told and kept."""
    try:
        async with session.noting():
            yield
    except ProofError as error:
        session.say.line(together(str(error), error.hint))
    except SecureCallError:
        pass
