"""The coalition's people: who is in, who asks to be let in, one person, removing them, organisations, going oneself."""

from securecall.rights import KEEPERS, Action, may
from securecall.sentences import sentence, together
from securecall_client.acts import admitting, devices, expelling, invitations, leaving, organisations, people
from securecall_client.errors import RefusedError
from securecall_client.results.partings import Parting
from securecall_client.session import Session
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.typed import need_name

pages = Pages()


@pages.page("/people", commands=("member list", "invite list", "whoami"))
async def coalition(visit: Visit) -> Shown:
    """Everybody in the coalition, who asks to be let in, and invitations that are open."""
    session = visit.session
    if not session.in_coalition:
        return Shown("people_outside.html", visit.say("People"), {"me": await people.whoami(session)})
    view = await session.view(session.coalition)
    keeps = view.me is not None and view.me.role in KEEPERS
    data = {
        "coalition": view.state.title,
        "me": await people.whoami(session),
        "members": (await people.members(session)).members,
        "asking": [one for one in visit.desk.asking if one.space == session.coalition.hex()],
        "keeps": keeps,
        "invitations": (await invitations.invitations(session, None)).invitations if keeps else [],
        "admit": "/people/admit",
        "base": "/people",
    }
    return Shown("people.html", visit.say("People"), data)


@pages.deed("/people/admit", commands=("admit",))
async def admit(visit: Visit) -> Done:
    """Let in one person who asks."""
    return Done("/people", await let_in(visit))


async def let_in(visit: Visit) -> str:
    """Let in the person whom the form names; gives what is to be said of it. Raises: RefusedError."""
    form = await visit.form()
    done = await admitting.admit_one(visit.session, form.text("member"), form.text("typed"))
    visit.desk.stir()
    return sentence("%(names)s is in.", names=done.names)


@pages.page("/people/{member}", commands=("member show", "device list"))
async def person(visit: Visit) -> Shown:
    """One member of the coalition."""
    data = await _person(visit)
    return Shown("person.html", visit.say("Person"), data)


@pages.page("/people/{member}/remove")
async def about_removing(visit: Visit) -> Shown:
    """What removing somebody will and cannot do, before it is done."""
    data = await _person(visit)
    return Shown("person_remove.html", visit.say("Remove from the coalition"), data)


@pages.deed("/people/{member}/remove", commands=("member remove",))
async def remove(visit: Visit) -> Done:
    """Take somebody out of the coalition and its calls, once their name is typed."""
    shown = await people.show_member(visit.session, visit.names["member"])
    need_name(await visit.form(), shown.name)
    parting = await expelling.remove_member(visit.session, visit.names["member"])
    return Done(f"/people/removed/{visit.desk.drawer.put(parting)}")


@pages.page("/people/removed/{key}")
async def removed(visit: Visit) -> Shown:
    """The receipt of a removal."""
    parting = visit.desk.drawer.get(visit.names["key"], Parting)
    data = {"parting": parting, "left": False}
    return Shown("parted.html", visit.say("Receipt"), data)


@pages.deed("/people/{member}/device", commands=("device remove",))
async def bar_device(visit: Visit) -> Done:
    """Shut out a device that somebody has lost, once their name is typed."""
    form, member = await visit.form(), visit.names["member"]
    need_name(form, (await people.show_member(visit.session, member)).name)
    done = await devices.bar_device(visit.session, form.text("device"), member)
    return Done(f"/people/{member}", together(done.receipt.keeps, done.receipt.from_now))


@pages.page("/people/organisations", commands=("org list",))
async def orgs(visit: Visit) -> Shown:
    """The coalition's organisations, which answers count by."""
    known = (await organisations.organisations(visit.session)).organisations
    data = {"organisations": known, "keeps": await _keeps(visit.session)}
    return Shown("organisations.html", visit.say("Organisations"), data)


@pages.deed("/people/organisations", commands=("org add",))
async def add_org(visit: Visit) -> Done:
    """Add an organisation."""
    form = await visit.form()
    added = await organisations.add_organisation(
        visit.session, form.text("name"), form.text("kind"), form.text("country")
    )
    return Done("/people/organisations", sentence("%(name)s is one of the organisations now.", name=added.name))


@pages.page("/people/leave")
async def about_leaving(visit: Visit) -> Shown:
    """What leaving the coalition does, before it is done."""
    view = await visit.session.view(visit.session.home)
    data = {"space": view.state.title, "base": "/people", "everything": True}
    return Shown("leave.html", visit.say("Leave"), data)


@pages.deed("/people/leave", commands=("leave",))
async def leave(visit: Visit) -> Done:
    """Leave the coalition with every call, once its name is typed."""
    view = await visit.session.view(visit.session.home)
    need_name(await visit.form(), view.state.title)
    parting = await leaving.leave(visit.session, None)
    return Done(f"/people/left/{visit.desk.drawer.put(parting)}")


@pages.page("/people/left/{key}")
async def left(visit: Visit) -> Shown:
    """The receipt of one's own going."""
    parting = visit.desk.drawer.get(visit.names["key"], Parting)
    return Shown("parted.html", visit.say("Receipt"), {"parting": parting, "left": True})


async def _person(visit: Visit) -> dict[str, object]:
    session, member = visit.session, visit.names["member"]
    shown = await people.show_member(session, member)
    view = await session.view(session.coalition)
    mine = session.role_in(view)
    you = member == session.member.hex()
    return {
        "person": shown,
        "devices": (await devices.list_devices(session, member)).devices,
        "you": you,
        "may_remove": not you and may(mine, Action.REMOVE, shown.role),
        "may_bar": not you and may(mine, Action.BAR, shown.role),
    }


async def _keeps(session: Session) -> bool:
    try:
        return session.role_in(await session.view(session.coalition)) in KEEPERS
    except RefusedError:
        return False
