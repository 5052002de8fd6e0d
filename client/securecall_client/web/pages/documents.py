"""The documents of a call: files dropped here are looked into first, and go up once their owner has said so."""

from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from aiohttp import web

from securecall.rights import Circle
from securecall.sentences import sentence
from securecall_client.acts import documents, leaving_files
from securecall_client.cleaning.words import HIDDEN
from securecall_client.errors import FileError
from securecall_client.web.incoming import Incoming
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.in_call import in_call
from securecall_client.web.putting_up import put_up

pages = Pages()
NAME: Final = "X-SecureCall-Name"
SIZE: Final = "X-SecureCall-Size"
REPLACES: Final = "X-SecureCall-Replaces"
AT: Final = "X-SecureCall-At"
"""Headers of files that come in: a name in UTF-8 and percent-encoded, sizes and places in bytes."""


@pages.page("/call/{call}/documents", commands=("doc list", "doc check"))
async def listing(visit: Visit) -> Shown:
    """What is on its way in, what is on its way out, and what is there."""
    session, call = visit.session, visit.names["call"]
    listed = await documents.list_documents(session, call)
    leaving = await leaving_files.leaving_files(session, call)
    return await in_call(
        visit,
        "documents.html",
        "documents",
        visit.say("Documents"),
        **queue(visit, ""),
        leaving=[(one, visit.desk.carrying.way(bytes.fromhex(one.blob))) for one in leaving],
        reached=session.reached,
        why=session.line.why,
        standing=[one for one in reversed(listed.documents) if not one.withdrawn],
        withdrawn=[one for one in reversed(listed.documents) if one.withdrawn],
    )


def queue(visit: Visit, replaces: str) -> dict[str, object]:
    """What the queue of files shows that come in, for a call or in place of one of its documents."""
    coming = visit.desk.arrivals.of(visit.names["call"])
    return {
        "incoming": [one for one in coming if one.replaces == replaces],
        "replaces": replaces,
        "hidden_words": HIDDEN,
    }


@pages.deed("/call/{call}/documents/new", apart=True)
async def new(visit: Visit) -> web.StreamResponse:
    """A file is about to come: its name, its size, and what it is to replace."""
    headers = visit.request.headers
    name, size = unquote(headers.get(NAME, ""), errors="replace"), headers.get(SIZE, "")
    if not name or not size.isdecimal():
        raise FileError("This file has no name.")
    async with visit.desk.at(reading=True) as session:
        call = (await documents.call_for_files(session, visit.names["call"])).hex()
    made = visit.desk.arrivals.begin(call, name, int(size), headers.get(REPLACES, ""))
    visit.desk.hub.tell("changed", call)
    return web.json_response({"file": made.id})


@pages.deed("/call/{call}/documents/piece/{file}", apart=True)
async def piece(visit: Visit) -> web.StreamResponse:
    """The next bytes of it."""
    at = visit.request.headers.get(AT, "")
    if not at.isdecimal():
        raise FileError("This file came in a way that nobody understands.")
    visit.desk.arrivals.add(visit.names["file"], int(at), await visit.request.read())
    return web.Response(status=HTTPStatus.NO_CONTENT)


@pages.deed("/call/{call}/documents/lost/{file}", apart=True)
async def lost(visit: Visit) -> web.StreamResponse:
    """The browser cannot read it any further."""
    why = sentence("Your browser could not read it: it was moved or changed meanwhile, or it is a folder.")
    visit.desk.arrivals.fail(visit.names["file"], why)
    return web.Response(status=HTTPStatus.NO_CONTENT)


@pages.deed("/call/{call}/documents/send", commands=("doc add", "doc replace"), apart=True)
async def send(visit: Visit) -> Done:
    """Put up what a person chose, in a task of its own: `do` names what is to be done, and with which file."""
    form, arrivals = await visit.form(), visit.desk.arrivals
    what, _, file = form.text("do").partition(" ")
    circle = form.circle or "allies"
    if what == "out":
        arrivals.leave_out(file)
    elif what in ("send", "as-it-is"):
        _begin(visit, [arrivals.get(file)], circle, keep=what == "as-it-is")
    else:
        ready = [one for one in arrivals.of(visit.names["call"]) if one.replaces == form.text("replaces")]
        _begin(visit, [one for one in ready if one.may_go_clean], circle, keep=False)
    return Done(_back(visit, form.text("replaces")))


def _begin(visit: Visit, files: list[Incoming], circle: Circle, *, keep: bool) -> None:
    files = [one for one in files if one.state in ("ready", "failed") and not one.spool.closed]
    for one in files:
        one.state = "going"
    if files:
        visit.desk.errands.begin(put_up(visit.desk, files, circle, keep=keep))


def _back(visit: Visit, document: str) -> str:
    base = f"/call/{visit.names['call']}"
    return f"{base}/document/{document}" if document else f"{base}/documents"


@pages.deed("/call/{call}/documents/way", apart=True)
async def way(visit: Visit) -> Done:
    """Pause, resume or take back a file on its way to the server."""
    what, _, blob = (await visit.form()).text("do").partition(" ")
    to = f"/call/{visit.names['call']}/documents"
    carrying = visit.desk.carrying
    if what == "back":
        carrying.pause(bytes.fromhex(blob))
        async with visit.desk.at() as session:
            name = await leaving_files.call_back(session, blob)
        return Done(to, sentence("Taken back: %(name)s. Nobody got it.", name=name))
    file, paused = bytes.fromhex(blob), what == "pause"
    if paused:
        carrying.pause(file)
    async with visit.desk.at() as session:
        await session.outbox.pause(file, paused=paused)
    if not paused:
        carrying.resume(file)
    return Done(to)
