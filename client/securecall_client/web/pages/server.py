"""The coalition moves to another server, and everybody follows (rows S20, N01)."""

from securecall_client.acts import moving
from securecall_client.errors import TextError
from securecall_client.results.moving import Moved, ServerText
from securecall_client.web.page import Done, Pages, Shown, Visit

pages = Pages()


@pages.deed("/line/move", commands=("server move",))
async def move(visit: Visit) -> Done:
    """Begin at a new server, as an owner, with all that is on this computer."""
    form = await visit.form()
    if not form.text("to") or not form.text("setup"):
        raise TextError("It takes both: the new server's address, and the setup code that it printed.")
    moved = await moving.move_with(
        visit.session, setup=form.text("setup"), to=form.text("to"), connect=visit.desk.connect
    )
    return Done(f"/line/moved/{visit.desk.drawer.put(moved)}")


@pages.deed("/line/text", commands=("server text",))
async def text(visit: Visit) -> Done:
    """Show the text again that leads people to the server."""
    space = (await visit.form()).text("space")
    return Done(f"/line/moved/{visit.desk.drawer.put(await moving.text_for(visit.session, space or None))}")


@pages.deed("/line/use", commands=("server use",))
async def use(visit: Visit) -> Done:
    """Follow an owner's text to another server."""
    form = await visit.form()
    if not form.text("text"):
        raise TextError("Paste the text that an owner gave you.")
    moved = await moving.use_with(
        visit.session, text=form.text("text"), to=form.text("address") or None, connect=visit.desk.connect
    )
    return Done(f"/line/moved/{visit.desk.drawer.put(moved)}")


@pages.page("/line/moved/{key}")
async def moved(visit: Visit) -> Shown:
    """Where one goes now, and the text for everybody else."""
    key = visit.names["key"]
    made = visit.desk.drawer.get(key, object)
    data = {
        "moved": made if isinstance(made, Moved) else None,
        "text": made.text if isinstance(made, (Moved, ServerText)) else None,
        "away": f"/line/moved/{key}/away",
    }
    return Shown("line_moved.html", visit.say("The server"), data)


@pages.deed("/line/moved/{key}/away")
async def put_away(visit: Visit) -> Done:
    """Take the text off the screen."""
    visit.desk.drawer.drop(visit.names["key"])
    return Done("/line")
