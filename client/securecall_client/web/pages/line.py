"""The line: what is on this computer, on the server, with others; what waits and why; healing and the proxy."""

from http import HTTPStatus

from aiohttp import web

from securecall.sentences import sentence
from securecall_client.acts import doctor, healing, moving, proxying, status
from securecall_client.results.doctor import Diagnosis
from securecall_client.results.healing import Healed
from securecall_client.web.page import Done, Pages, Shown, Visit

pages = Pages()


@pages.page("/line", commands=("status", "proxy"))
async def line(visit: Visit) -> Shown:
    """How the line is."""
    data = {
        "status": await status.status(visit.session),
        "proxy": (await proxying.kept_proxy(visit.session)).proxy or "",
        "server": visit.session.transport.address,
        "mine": await moving.own_spaces(visit.session),
        "owner": await moving.may_move(visit.session),
    }
    return Shown("line.html", visit.say("The line"), data)


@pages.deed("/line/sync", commands=("sync",))
async def sync(visit: Visit) -> Done:
    """Fetch and send everything now."""
    form = await visit.form()
    await visit.session.reach(patient=True)
    to_guests, unconfirmed = form.ticked("to_guests"), form.ticked("unconfirmed")
    await status.sync(visit.session, to_guests=to_guests, unconfirmed=unconfirmed)
    return Done("/line", sentence("Everything is fetched, and what could be sent is sent."))


@pages.deed("/line/without", locked=True)
async def without(visit: Visit) -> web.Response:
    """Wait for no answer of the server: what is being done goes on as without a line, or ends and says so."""
    visit.desk.give_up()
    return web.Response(status=HTTPStatus.NO_CONTENT)


@pages.deed("/line/proxy", commands=("proxy",))
async def proxy(visit: Visit) -> Done:
    """Keep a proxy, or none."""
    await proxying.change_proxy(visit.session, (await visit.form()).text("proxy"))
    return Done("/line", sentence("Kept. It counts from the next time you unlock."))


@pages.deed("/line/heal", commands=("heal",))
async def heal(visit: Visit) -> Done:
    """Give a server back what it lacks; owners may then let calls go on."""
    form = await visit.form()
    await visit.session.reach(patient=True)
    healed = await healing.heal(visit.session, finish=form.ticked("finish"))
    return Done(f"/line/healed/{visit.desk.drawer.put(healed)}")


@pages.page("/line/healed/{key}")
async def healed(visit: Visit) -> Shown:
    """What was put back."""
    done = visit.desk.drawer.get(visit.names["key"], Healed)
    return Shown("line_healed.html", visit.say("Put back"), {"healed": done})


@pages.deed("/line/doctor", commands=("doctor",), apart=True)
async def look(visit: Visit) -> Done:
    """Look at this computer and the way to the server."""
    desk = visit.desk
    return Done(f"/line/doctor/{desk.drawer.put(await doctor.examine(desk.settings, desk.hub, ''))}")


@pages.page("/line/doctor/{key}", commands=("doctor",))
async def looked_at(visit: Visit) -> Shown:
    """What was looked at."""
    found = visit.desk.drawer.get(visit.names["key"], Diagnosis)
    return Shown("line_doctor.html", visit.say("Looked at"), {"found": found})
