"""A sealed page for a guest who can install nothing: made here, of what is for everyone alone (protocol 21; row G06).

What it shows is read from the call as somebody has it who was a guest from its first day: with the keys and the bytes
for everyone, and no others. So a text for allies could not get in even if this module asked for it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

from securecall.sentences import Term, sentence
from securecall_client import clock
from securecall_client.acts.fetching import fetch
from securecall_client.acts.for_everyone import documents_for_everyone
from securecall_client.acts.guests import end_of_stay
from securecall_client.acts.named import the_call
from securecall_client.acts.organisations import find_organisation, organisation_for
from securecall_client.acts.rights import need_keeper, need_open
from securecall_client.acts.templates import outline
from securecall_client.content import Document, Organisation
from securecall_client.errors import NotFoundError
from securecall_client.file_names import safe_name
from securecall_client.files import save_as
from securecall_client.guest_page import reply, told
from securecall_client.guest_page.html import Tongue, build_html
from securecall_client.guest_page.kept import KeptPage, Pages
from securecall_client.results.common import Named
from securecall_client.results.guest_pages import GuestPage, MadePage
from securecall_client.session import Session
from securecall_client.text import for_terminal
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.agenda import beginnings
from securecall_client.work.lateness import closing
from securecall_client.work.places import name as place_name
from securecall_client.work.places import to_choose_from
from securecall_client.work.question import fields
from securecall_client.work.state import State
from securecall_client.work.template import Template
from securecall_keys.pages import PageKeys, code_text


async def make_page(
    session: Session, call: str, whom: str, output: Path, until: datetime | None = None, tongue: Tongue | None = None
) -> GuestPage:
    """Write a sealed page of a call for the organisation ``whom``, made if it is new, to the new file ``output``.

    Its own words are in the language ``tongue``, English if none is given.

    Raises: NotFoundError, ClosedError, RefusedError (no owner or chair, or the end is past), TextError, OfflineError,
    FileError; then no page is remembered.
    """
    view = await the_call(session, call)
    need_open(view)
    need_keeper(session, view, sentence("make pages for guests"))
    ends = end_of_stay(view, until)
    organisation = await _organisation(session, whom)
    sight = view.for_everyone()
    documents = [version.body for version in documents_for_everyone(view, sight)]
    files = await _files(session, view.space, documents)
    shown = _told(sight, organisation.name, ends, documents, files, (tongue or Tongue()).say)
    keys = PageKeys.fresh()
    page = build_html(keys.seal("page", told.lay_out(shown, list(files.values()))), tongue)
    with save_as(output) as file:
        file.write(page.encode())
        kept = KeptPage(keys.page, keys.code.expose(), view.space, organisation.organisation, clock.minute(), ends, 0)
        await Pages(session.replica, session.device.storage).keep(kept)
    return GuestPage(
        page=keys.page.hex(),
        path=str(output),
        code=code_text(keys.code),
        call=view.space.hex(),
        title=view.state.title,
        org=organisation.name,
        ends=clock.iso(ends * 60),
        size=len(page),
        exercises=[Named(name=exercise.title) for exercise in shown.exercises],
        documents=[Named(name=document.name) for document in documents if document.blob in files],
        left_out=[Named(name=document.name) for document in documents if document.blob not in files],
    )


async def made_pages(session: Session, call: str) -> list[MadePage]:
    """The pages of a call that this computer made, the newest first. Raises: NotFoundError, ProfileError."""
    view = await the_call(session, call)
    taken = {page for page, _ in view.unsealed().state.by_page.values()}
    organisations = (await session.view(session.coalition)).state.organisations
    return [
        MadePage(
            page=one.page.hex(),
            org=organisations[one.organisation].name if one.organisation in organisations else one.organisation.hex(),
            made=clock.iso(one.made * 60),
            ends=clock.iso(one.ends * 60),
            over=clock.minute() > one.ends,
            taken=bool(one.taken) or one.page in taken,
            withdrawn=one.is_withdrawn,
        )
        for one in await Pages(session.replica, session.device.storage).made(view.space)
    ]


async def withdraw_page(session: Session, call: str, page: str) -> None:
    """Take in nothing any more that comes back of a page that this computer made; its file stays where it is.

    Raises: NotFoundError, ProfileError.
    """
    view = await the_call(session, call)
    pages = Pages(session.replica, session.device.storage)
    found = next((one for one in await pages.made(view.space) if one.page.hex() == page), None)
    if found is None:
        raise NotFoundError("This computer made no such page.")
    await pages.withdraw(found)


async def _organisation(session: Session, typed: str) -> Organisation:
    try:
        return find_organisation(await session.synced(session.coalition), typed)
    except NotFoundError:
        return await organisation_for(session, typed)


async def _files(session: Session, space: bytes, documents: list[Document]) -> dict[bytes, bytes]:
    """Blob to file, of those documents whose files go into the page: in their order, as long as there is room.

    Raises: OfflineError, ProofError, RefusedError.
    """
    files: dict[bytes, bytes] = {}
    left = told.FILES_MOST
    for document in documents:
        if document.size <= min(left, told.FILE_MOST):
            session.need_server()
            file = BytesIO()
            await fetch(session, space, document, file)
            files[document.blob] = file.getvalue()
            left -= document.size
    return files


def _told(
    sight: SpaceView,
    whom: str,
    ends: int,
    documents: list[Document],
    files: dict[bytes, bytes],
    say: Callable[[str], str],
) -> told.Told:
    """All that the page says."""
    state, info = sight.state, sight.state.call
    asked = [(body.exercise, template.parse(body.template)) for _, body in state.exercises.values()]
    asked = [(exercise, asks) for exercise, asks in asked if closing(state, exercise) is None]
    kept = state.minutes.get("everyone")
    newest = kept.newest if kept is not None else None
    return told.Told(
        version=told.VERSION,
        title=_plain(info.title if info is not None else state.title),
        whom=_plain(whom),
        country=say(place_name(info.country)) if info is not None and info.country else "",
        starts=clock.iso(info.starts) if info is not None else "",
        link=_plain(info.link) if info is not None else "",
        made=clock.iso(clock.minute() * 60),
        ends=clock.iso(ends * 60),
        most=reply.FILE_MOST,
        room=told.ANSWER_MOST,
        agenda=list(_agenda(state)),
        minutes=_plain(newest.text) if newest is not None else "",
        decisions=list(_decisions(state)),
        documents=list(_listed(documents, files)),
        exercises=[
            told.ToldExercise(exercise.hex(), _plain(asks.title), state.is_sealed(exercise), outline(asks))
            for exercise, asks in asked
        ],
        places=_places(info.country if info is not None else "", [asks for _, asks in asked], say),
    )


def _agenda(state: State) -> Iterator[told.ToldPoint]:
    known = state.agendas.get("everyone")
    points = known[1].points if known is not None else []
    for point, at in beginnings(points, state.call.starts if state.call is not None else None):
        starts = None if at is None else clock.iso(at)
        yield told.ToldPoint(_plain(point.title), starts, point.minutes or None, _plain(point.speaker))


def _decisions(state: State) -> Iterator[str]:
    """Those that stand."""
    over = {body.supersedes for _, body in state.decisions.values()}
    for origin, body in state.decisions.values():
        if origin.circle == "everyone" and body.decision not in over:
            yield _plain(body.text)


def _listed(documents: list[Document], files: dict[bytes, bytes]) -> Iterator[told.ToldDocument]:
    at = 0
    for document in documents:
        there = document.blob in files
        yield told.ToldDocument(safe_name(document.name), document.size, at if there else None)
        at += len(files.get(document.blob, b""))


def _places(country: str, asked: list[Template], say: Callable[[str], str]) -> list[told.ToldPlaces]:
    """The places to choose from, if anything asks for one."""
    asks = any(field.type == "place" for each in asked for question in each.questions for field in fields(question))
    if not asks:
        return []
    return [
        told.ToldPlaces(say(title), [(code, say(Term(words, "place", code))) for code, words in places])
        for title, places in to_choose_from(country)
    ]


def _plain(text: str) -> str:
    return for_terminal(text, newlines=True)
