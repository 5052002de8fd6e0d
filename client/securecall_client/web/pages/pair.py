"""A space for two people of a call: what they say to each other there, which nobody else reads (protocol 5.5)."""

from securecall_client.acts import discussing
from securecall_client.errors import NotFoundError, TextError
from securecall_client.view import SpaceView
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places

pages = Pages()
_PAIR = "/pair/{pair:[0-9a-f]{64}}"


@pages.page(_PAIR, commands=("discuss show",))
async def pair(visit: Visit) -> Shown:
    """All that was said in it."""
    view = await _view(visit)
    data = {
        "thread": await discussing.show_thread(visit.session, visit.names["pair"], "", look=False),
        "others": sorted(view.state.name(one) for one in view.chain.roster.members if one != visit.session.member),
        "may_write": view.is_in() and not view.chain.destroyed,
        "call": "" if view.parent is None else places.base(view.parent.space.hex()),
        "me": visit.session.member.hex(),
        "at": places.pair(visit.names["pair"]),
        "section": "/",
    }
    return Shown("pair.html", visit.say("A space for two"), data)


@pages.deed(f"{_PAIR}/say", commands=("discuss say",))
async def say(visit: Visit) -> Done:
    """Say something to the other."""
    await _view(visit)
    text = (await visit.form()).text("text")
    if not text:
        raise TextError("There is no text in it.")
    await discussing.say(visit.session, visit.names["pair"], text, on="", circle=None)
    return Done(places.pair(visit.names["pair"]))


async def _view(visit: Visit) -> SpaceView:
    """The pair. Raises: NotFoundError."""
    view = await visit.session.view(bytes.fromhex(visit.names["pair"]))
    if not view.chain.heads or view.chain.kind != "pair":
        raise NotFoundError("There is no such space for two.")
    return view
