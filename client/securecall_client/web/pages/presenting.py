"""Presenting: putting something on everyone's screen, and the window that can be shown to people without the client."""

from securecall.sentences import sentence
from securecall_client.acts import presenting
from securecall_client.acts.for_everyone import for_everyone
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places
from securecall_client.work.map_picture import to_svg

pages = Pages()


@pages.page("/present/{call}", commands=("call show --as-guest",))
async def window(visit: Visit) -> Shown:
    """What is for everyone, and nothing else (row G06): it is read from what a guest's keys open, and from no more."""
    shown = await for_everyone(visit.session, visit.names["call"])
    picture = to_svg(shown.drawn, shown.presented.about) if shown.drawn is not None else ""
    return Shown("present.html", visit.say("Present"), {"shown": shown, "picture": picture})


@pages.deed("/call/{call}/present", commands=("call present",))
async def present(visit: Visit) -> Done:
    """Put a thing on everyone's screen."""
    name, form = visit.names["call"], await visit.form()
    shown = await presenting.present(visit.session, name, form.text("thing"))
    told = {
        "everyone": sentence("It is on everyone's screen, for guests too."),
        "allies": sentence("It is on the allies' screens. Guests are not shown it."),
    }
    return Done(places.base(name), told[shown.circle])


@pages.deed("/call/{call}/present/hand", commands=("call present --to",))
async def hand(visit: Visit) -> Done:
    """Have somebody else present."""
    name, form = visit.names["call"], await visit.form()
    shown = await presenting.hand_over(visit.session, name, form.text("person"))
    return Done(places.base(name), sentence("%(name)s presents now.", name=shown.name))


@pages.deed("/call/{call}/present/stop", commands=("call present --stop",))
async def stop(visit: Visit) -> Done:
    """Present no more."""
    name = visit.names["call"]
    await presenting.stop(visit.session, name)
    return Done(places.base(name))
