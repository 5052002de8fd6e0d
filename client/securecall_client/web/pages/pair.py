"""A space for two people of a call: what they say to each other there, which nobody else reads (protocol 5.5)."""

from securecall_client.acts import discussing, pairs
from securecall_client.acts.waiting import waiting
from securecall_client.errors import NotFoundError, TextError
from securecall_client.view import SpaceView
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places
from securecall_client.web.pages.discussion import changed

pages = Pages()


@pages.deed("/call/{call}/people/{member}/pair", commands=("call pair",))
async def begin(visit: Visit) -> Done:
    """Open a space with somebody of a call, or go to the one that is there."""
    opened = await pairs.open_pair(visit.session, visit.names["call"], visit.names["member"])
    return Done(places.pair(opened.space))


@pages.page("/pair/{pair}", commands=("discuss show",))
async def pair(visit: Visit) -> Shown:
    """All that was said in it."""
    view = await _view(visit)
    thread = await discussing.show_thread(visit.session, visit.names["pair"], "", look=False)
    others = sorted(view.state.name(one) for one in view.chain.roster.members if one != visit.session.member)
    data = {
        "thread": thread,
        "said": {message.message: message for message in thread.messages},
        "new": await discussing.unread_messages(visit.session, view),
        "others": others,
        "may_write": view.is_in() and not view.chain.destroyed and len(others) < 2,
        "call": "" if view.parent is None else places.base(view.parent.space.hex()),
        "waits": await waiting(visit.session, view.space),
        "me": visit.session.member.hex(),
        "at": places.pair(visit.names["pair"]),
    }
    return Shown("pair.html", visit.say("A space for two"), data)


@pages.deed("/pair/{pair}/say", commands=("discuss say",))
async def say(visit: Visit) -> Done:
    """Say something to the other, or answer a message."""
    await _view(visit)
    form, name = await visit.form(), visit.names["pair"]
    text, reply = form.text("text"), form.text("reply")
    if not text:
        raise TextError("There is no text in it.")
    if reply:
        await discussing.reply(visit.session, name, text, reply)
    else:
        await discussing.say(visit.session, name, text, on="", circle=None)
    return Done(places.pair(name))


@pages.deed("/pair/{pair}/change", commands=("discuss say --change", "discuss withdraw"))
async def change(visit: Visit) -> Done:
    """Say it in other words, or take it back."""
    await _view(visit)
    await changed(visit, visit.names["pair"])
    return Done(places.pair(visit.names["pair"]))


@pages.deed("/pair/{pair}/read")
async def read(visit: Visit) -> Done:
    """All that is here by now counts as read."""
    await _view(visit)
    await discussing.list_threads(visit.session, visit.names["pair"])
    return Done(places.pair(visit.names["pair"]))


async def _view(visit: Visit) -> SpaceView:
    """The pair. Raises: NotFoundError."""
    view = await visit.session.view(bytes.fromhex(visit.names["pair"]))
    if not view.chain.heads or view.chain.kind != "pair":
        raise NotFoundError("There is no such space for two.")
    return view
