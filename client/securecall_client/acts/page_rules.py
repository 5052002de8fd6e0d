"""Whether what came back of a sealed page may be entered: of which call, once, and in time (protocol 21.3)."""

from dataclasses import dataclass
from pathlib import Path

from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.named import the_call
from securecall_client.acts.organisations import find_organisation
from securecall_client.acts.rights import need_keeper
from securecall_client.errors import RefusedError
from securecall_client.guest_page.kept import KeptPage
from securecall_client.session import Session
from securecall_client.text import when
from securecall_client.view import SpaceView


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to take it: ``again`` though it was taken, ``late`` though the page was over; the file to ``output``
    instead of into the call. ``call`` and ``whom`` are as typed, where the page is not of this computer.
    """

    call: str | None = None
    whom: str | None = None
    again: bool = False
    late: bool = False
    output: Path | None = None


async def its_call(session: Session, kept: KeptPage, wanted: Wanted) -> SpaceView:
    """The call of the page. Raises: RefusedError if another call or another name was meant."""
    view = await the_call(session, kept.call.hex())
    need_keeper(session, view, sentence("enter what comes back of a page"))
    if wanted.call is not None and (await the_call(session, wanted.call)).space != kept.call:
        raise RefusedError(
            sentence("This is of a page of another call: %(title)s. Nothing was entered.", title=view.state.title),
            code="other",
        )
    if wanted.whom is not None:
        meant = find_organisation(await session.synced(session.coalition), wanted.whom)
        if meant.organisation != kept.organisation:
            raise RefusedError("This is of a page that was made for somebody else. Nothing was entered.", code="other")
    return view


def need_to_be_new(view: SpaceView, kept: KeptPage, *, again: bool) -> bool:
    """Whether the page was taken before. Raises: RefusedError if it was, unless ``again``."""
    places = [seq for seq, (page, _) in view.unsealed().state.by_page.items() if page == kept.page]
    if not places and not kept.taken:
        return False
    if not again:
        who = "here" if not places else sentence("in %(title)s", title=view.state.title)
        raise RefusedError(
            sentence(
                "Something that came back of this page was entered %(who)s already. Nothing was entered now.", who=who
            ),
            hint="If this is the guest's newer word, take it in its place: --again. If nobody knows of it, ask them by "
            "another way: whoever has the page and its code can answer in that name.",
            code="taken-already",
        )
    return True


def need_to_be_in_time(kept: KeptPage, *, late: bool) -> bool:
    """Whether a page of this computer was over by its clock. Raises: RefusedError if it was, unless ``late``."""
    over = kept.made > 0 and clock.minute() > kept.ends
    if over and not late:
        raise RefusedError(
            sentence("This page was over at %(time)s. Nothing was entered.", time=when(clock.at(kept.ends * 60))),
            hint="To take it all the same: --late. Whether an answer counts as late is decided by the exercise's end.",
            code="page-over",
        )
    return over
