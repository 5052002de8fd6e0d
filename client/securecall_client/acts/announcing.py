"""Telling people of a call by other ways than this one, and where its voice is: the link, sealed (protocol 8.3)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from msgspec.structs import replace

from securecall_client import clock, content
from securecall_client.acts.named import the_call
from securecall_client.acts.rights import need_keeper, need_open
from securecall_client.acts.typed import line_text
from securecall_client.errors import NotFoundError
from securecall_client.files import save_as
from securecall_client.results.announcing import Announcement, CalendarFile, CallLink
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.announcing import calendar, neutral_message, read_zone


async def announce(session: Session, call: str, zones: Sequence[str]) -> Announcement:
    """When a call is, for copying: in one's own zone, in ``zones`` and in UTC, and nothing else.

    Raises: NotFoundError, TextError (no such zone), ProofError.
    """
    view = await the_call(session, call)
    starts = _starts(view)
    own = [starts.astimezone().tzinfo] if not zones else []
    text = neutral_message(starts, [*filter(None, own), *map(read_zone, zones)])
    return Announcement(call=view.space.hex(), starts=starts.isoformat(timespec="seconds"), text=text)


async def save_calendar(session: Session, call: str, path: Path, minutes: int, summary: str) -> CalendarFile:
    """Write a calendar entry of a call into a new file. Raises: NotFoundError, TextError, FileError, ProofError."""
    view = await the_call(session, call)
    words = line_text("summary", summary)
    data = calendar(_starts(view), minutes, uid=str(uuid4()), now=clock.at(clock.now()), summary=words)
    with save_as(path) as file:
        file.write(data)
    return CalendarFile(call=view.space.hex(), path=str(path), size=len(data))


async def show_link(session: Session, call: str) -> CallLink:
    """Where the voice call is held. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    link = view.state.call.link if view.state.call else ""
    return CallLink(call=view.space.hex(), title=view.state.title, link=link, saved=None)


async def set_link(session: Session, call: str, link: str) -> CallLink:
    """Say to everyone where the voice call is held; empty: nowhere yet.

    Raises: NotFoundError, TextError, ClosedError, RefusedError, ProofError.
    """
    view = await the_call(session, call)
    need_open(view)
    need_keeper(session, view, "say where it is held")
    _, saved = await session.writer.write(
        view.space, replace(_info(view), link=line_text("link", link, optional=True)), "everyone"
    )
    return CallLink(call=view.space.hex(), title=view.state.title, link=link.strip(), saved=saved)


def _info(view: SpaceView) -> content.CallInfo:
    if view.state.call is None:
        raise NotFoundError("This computer has not been told yet when the call is.", hint="Try: securecall sync")
    return view.state.call


def _starts(view: SpaceView) -> datetime:
    return clock.at(_info(view).starts)
