"""The discussion of a call: threads on the call and on things in it."""

from collections import Counter
from dataclasses import dataclass

from securecall_client.acts import discussing
from securecall_client.errors import TextError
from securecall_client.results.discussion import Said, ThreadLine
from securecall_client.view import SpaceView
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places
from securecall_client.web.pages.in_call import in_call

pages = Pages()


@pages.page("/call/{call}/talk", commands=("discuss list", "discuss show"))
async def talk(visit: Visit) -> Shown:
    """All threads, and that on the call itself."""
    return await _talk(visit, "")


@pages.page("/call/{call}/talk/{thread}", commands=("discuss show",))
async def thread(visit: Visit) -> Shown:
    """One thread, as `places.thread` names it."""
    return await _talk(visit, await discussing.find_thread(visit.session, visit.names["call"], visit.names["thread"]))


async def _talk(visit: Visit, on: str) -> Shown:
    session, name = visit.session, visit.names["call"]
    view = await session.view(bytes.fromhex(name))
    shown = await discussing.show_thread(session, name, on, look=False)
    new = await discussing.unread_messages(session, view)
    return await in_call(
        visit,
        "talk.html",
        "talk",
        threads=_threads((await discussing.list_threads(session, name, look=False)).threads, new, view),
        thread=shown,
        path=places.thread(name, on),
        new=new,
        said={message.message: message for message in shown.messages},
        places=places,
        me=session.member.hex(),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A thread in the list, whichever circles it speaks to: how many messages it has, and how many are new."""

    on: str
    about: str
    messages: int
    new: int


def _threads(known: list[ThreadLine], new: set[str], view: SpaceView) -> list[Line]:
    unread = Counter(line.on for line in discussing.messages(view) if line.message in new)
    lines = {"": Line("", "", 0, unread[""])}
    for each in known:
        so_far = lines[each.on].messages if each.on in lines else 0
        lines[each.on] = Line(each.on, each.about, so_far + each.messages, unread[each.on])
    return list(lines.values())


@pages.deed("/call/{call}/talk/say", commands=("discuss say",))
async def say(visit: Visit) -> Done:
    """Say something about a thing, or answer a message."""
    session, name, form = visit.session, visit.names["call"], await visit.form()
    text, reply = form.text("text"), form.text("reply")
    if reply:
        said = await discussing.reply(session, name, text, reply)
    else:
        said = await discussing.say(session, name, text, on=form.text("on"), circle=form.circle)
    return Done(places.thread(name, said.on))


@pages.deed("/call/{call}/talk/change", commands=("discuss say --change", "discuss withdraw"))
async def change(visit: Visit) -> Done:
    """Say it in other words, or take it back."""
    name = visit.names["call"]
    return Done(places.thread(name, (await changed(visit, name)).on))


async def changed(visit: Visit, space: str) -> Said:
    """Change a message of a call or pair as the form says. Raises: TextError; as `discussing.change`."""
    form = await visit.form()
    text = "" if form.ticked("withdraw") else form.text("text")
    if not text and not form.ticked("withdraw"):
        raise TextError("There is no text in it. To take the message back, use “Take back”.")
    return await discussing.change(visit.session, space, text, form.text("message"))


@pages.deed("/call/{call}/talk/read")
async def read(visit: Visit) -> Done:
    """All that is here by now counts as read."""
    name, form = visit.names["call"], await visit.form()
    await discussing.list_threads(visit.session, name)
    return Done(places.thread(name, form.text("on")))
