"""The proxy that a profile keeps; it stands in the replica in clear, as the server's address does."""

from securecall_client.opening import replica_in_turn
from securecall_client.profile import Profile
from securecall_client.progress import Say
from securecall_client.proxy import check_proxy
from securecall_client.results.status import KeptProxy
from securecall_client.session import Session
from securecall_client.settings import Settings


async def keep_proxy(settings: Settings, proxy: str, say: Say) -> KeptProxy:
    """Keep ``proxy`` for every later command, unless it is empty; gives the one that is kept then.

    Raises: TextError if it is no proxy; ProfileError.
    """
    chosen = check_proxy(proxy) if proxy else None
    async with replica_in_turn(Profile(settings.home), say) as (replica, _):
        if chosen is not None:
            await replica.set_meta("proxy", chosen.encode())
        return KeptProxy(proxy=await replica.text("proxy") or None)


async def kept_proxy(session: Session) -> KeptProxy:
    """The proxy that this profile keeps, if any."""
    return KeptProxy(proxy=await session.replica.text("proxy") or None)


async def change_proxy(session: Session, proxy: str) -> KeptProxy:
    """Keep ``proxy``, or none if it is empty, from the next time on that the profile is opened. Raises: TextError."""
    await session.replica.set_meta("proxy", (check_proxy(proxy) if proxy else "").encode())
    return await kept_proxy(session)
