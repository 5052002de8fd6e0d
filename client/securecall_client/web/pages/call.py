"""A call now, beside the voice: the point it is at, who is here, the roster code, and what there is to go to."""

from urllib.parse import urlsplit

from securecall.sentences import sentence, together
from securecall_client.acts import agenda, announcing, calls, documents, ending, exercises
from securecall_client.clock import Monotonic
from securecall_client.errors import NotFoundError
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places, saving
from securecall_client.web.pages.in_call import in_call
from securecall_client.web.typed import need_name

pages = Pages()
_NEWEST = 6
"""Documents that are shown here; the others have their page."""


@pages.page(
    "/call/{call}", commands=("call show", "call watch", "agenda show", "call code", "call link", "call message")
)
async def call(visit: Visit) -> Shown:
    """The call as it stands."""
    session, name = visit.session, visit.names["call"]
    there = (await documents.list_documents(session, name)).documents
    everything = (await exercises.list_exercises(session, name)).exercises
    agendas = (await agenda.show_agenda(session, name)).agendas
    link = (await announcing.show_link(session, name)).link
    view = await session.view(bytes.fromhex(name))
    here = session.beating(view.space).company(view, Monotonic().now())
    return await in_call(
        visit,
        "call.html",
        "now",
        present={member.hex() for member in here},
        writing={member.hex() for member, writes in here.items() if writes},
        agendas=sorted(agendas, key=lambda one: not any(point.now for point in one.points)),
        exercises=[each for each in everything if each.state == "open"],
        unanswered=await exercises.unanswered(session, name),
        asking=[one for one in visit.desk.asking if one.space == name],
        documents=[each for each in reversed(there) if not each.withdrawn][:_NEWEST],
        link=link,
        link_opens=is_address(link),
        message=await _message(visit),
        saved=saving.saved(session, name),
        places=places,
    )


def is_address(link: str) -> bool:
    """Whether a link that somebody typed is one of the web, and no other kind (a script, a file, another program)."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


async def _message(visit: Visit) -> str:
    """The neutral message; empty while this computer was not told when the call is."""
    try:
        return (await announcing.announce(visit.session, visit.names["call"], [])).text
    except NotFoundError:
        return ""


@pages.deed("/call/{call}/roll-call", commands=("call code",))
async def roll_call(visit: Visit) -> Done:
    """Hold a roll call."""
    name = visit.names["call"]
    await calls.code(visit.session, name, roll_call=True)
    return Done(places.base(name), sentence("Roll call: every screen must show the same words now."))


@pages.deed("/call/{call}/link", commands=("call link",))
async def link(visit: Visit) -> Done:
    """Say where the voice call is."""
    name, form = visit.names["call"], await visit.form()
    await announcing.set_link(visit.session, name, form.text("link"))
    return Done(places.base(name), sentence("Everyone in the call has the link now."))


@pages.deed("/call/{call}/close", commands=("call close",))
async def close(visit: Visit) -> Done:
    """Close the call."""
    name = visit.names["call"]
    await calls.close_call(visit.session, name)
    return Done(places.base(name), sentence("The call is closed. What is in it can still be read."))


@pages.deed("/call/{call}/destroy", commands=("call destroy",))
async def destroy(visit: Visit) -> Done:
    """Destroy the call, once its title is typed."""
    there = await calls.show_call(visit.session, visit.names["call"])
    need_name(await visit.form(), there.title)
    done = await ending.destroy_call(visit.session, there.call)
    said = sentence("The call is destroyed. The server has deleted what was in it; copies that people made stay.")
    if done.until:
        until = visit.language.moment(done.until)
        left = sentence("What this computer has can be read until %(when)s; then it is wiped.", when=until)
        said = together(said, left)
    return Done(places.base(there.call), said)


@pages.deed("/call/{call}/agenda/add", commands=("agenda add", "agenda set"))
async def add_point(visit: Visit) -> Done:
    """Add a point."""
    name, form = visit.names["call"], await visit.form()
    minutes = form.text("minutes")
    point: dict[str, object] = {"title": form.text("title"), "speaker": form.text("speaker")}
    if minutes:
        point["minutes"] = int(minutes) if minutes.isdecimal() else minutes
    await agenda.add_point(visit.session, name, point, form.text("before"), form.circle)
    return Done(places.base(name))


@pages.deed("/call/{call}/agenda/{point}/remove", commands=("agenda remove",))
async def remove_point(visit: Visit) -> Done:
    """Take a point off."""
    name, form = visit.names["call"], await visit.form()
    await agenda.remove_point(visit.session, name, visit.names["point"], form.circle)
    return Done(places.base(name))


@pages.deed("/call/{call}/agenda/{point}/move")
async def move_point(visit: Visit) -> Done:
    """Put a point before another."""
    name, form = visit.names["call"], await visit.form()
    await agenda.move_point(visit.session, name, visit.names["point"], form.text("before"), form.circle)
    return Done(places.base(name))


@pages.deed("/call/{call}/agenda/go", commands=("agenda now",))
async def go(visit: Visit) -> Done:
    """Go to a point; without one, to the next."""
    name, form = visit.names["call"], await visit.form()
    await agenda.go_to_point(visit.session, name, form.text("point"), form.circle)
    return Done(places.base(name))
