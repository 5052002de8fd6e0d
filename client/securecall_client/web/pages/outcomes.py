"""What comes of a call: its minutes with their pen, decisions, and what people commit themselves to."""

from typing import Final, Literal

from securecall.rights import CIRCLES
from securecall.sentences import sentence
from securecall_client.acts import committing, deciding, minutes
from securecall_client.errors import TextError
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places, saving
from securecall_client.web.pages.in_call import in_call

pages = Pages()
_STATES: Final[tuple[Literal["done", "dropped", "open"], ...]] = ("done", "dropped", "open")


@pages.page(
    "/call/{call}/outcomes",
    commands=("minutes show", "minutes history", "decision list", "commit list"),
)
async def outcomes(visit: Visit) -> Shown:
    """Minutes, decisions, commitments, and what can be made of them. ``?circle=`` says which minutes."""
    session, name = visit.session, visit.names["call"]
    circle = next((each for each in CIRCLES if each == visit.query.get("circle")), None)
    version = visit.query.get("version", "")
    shown = await minutes.show_minutes(session, name, circle, int(version) if version.isdecimal() else None)
    history = await minutes.minutes_history(session, name, shown.circle)
    return await in_call(
        visit,
        "outcomes.html",
        "outcomes",
        minutes=shown,
        older=version.isdecimal(),
        events=list(reversed(history.events)),
        decisions=list(reversed((await deciding.list_decisions(session, name)).decisions)),
        commitments=(await committing.list_commitments(session, name)).commitments,
        me=session.member.hex(),
        saved=saving.saved(session, name),
        places=places,
    )


def _back(visit: Visit, circle: str = "") -> str:
    path = f"{places.base(visit.names['call'])}/outcomes"
    return f"{path}?circle={circle}" if circle else path


@pages.deed("/call/{call}/minutes/write", commands=("minutes write",))
async def write(visit: Visit) -> Done:
    """Write a version."""
    form = await visit.form()
    said = await minutes.write_minutes(visit.session, visit.names["call"], form.text("text"), form.circle, take=False)
    told = sentence("The minutes are saved.") if said.with_pen else sentence("Kept beside the minutes.")
    return Done(_back(visit, said.circle), told)


@pages.deed("/call/{call}/minutes/take", commands=("minutes hand",))
async def take(visit: Visit) -> Done:
    """Take the pen; from somebody who has it, with ``from``."""
    form = await visit.form()
    said = await minutes.take_pen(visit.session, visit.names["call"], form.circle, take=form.ticked("from"))
    return Done(_back(visit, said.circle), sentence("You have the pen of the minutes."))


@pages.deed("/call/{call}/minutes/hand", commands=("minutes hand",))
async def hand(visit: Visit) -> Done:
    """Hand the pen over, or lay it down."""
    form = await visit.form()
    said = await minutes.hand_pen(visit.session, visit.names["call"], form.circle, form.text("person"))
    if said.pen_name is None:
        return Done(_back(visit, said.circle), sentence("You have laid the pen down."))
    return Done(_back(visit, said.circle), sentence("%(name)s has the pen now.", name=said.pen_name))


@pages.deed("/call/{call}/decisions", commands=("decision add",))
async def decide(visit: Visit) -> Done:
    """Put a decision down."""
    form = await visit.form()
    supersedes = form.text("supersedes")
    await deciding.decide(
        visit.session,
        visit.names["call"],
        form.text("decision"),
        in_favour=form.text("in_favour"),
        against=form.text("against"),
        abstained=form.text("abstained"),
        supersedes=supersedes,
        circle=None if supersedes else form.circle,
    )
    return Done(_back(visit), sentence("The decision stands."))


@pages.deed("/call/{call}/commitments", commands=("commit add",))
async def commit(visit: Visit) -> Done:
    """Put a commitment down; ``row`` names the row of an answer that it comes from, where a page sends one."""
    form = await visit.form()
    row = form.text("row")
    await committing.commit(
        visit.session,
        visit.names["call"],
        form.text("what"),
        by=form.text("by"),
        who=form.text("who"),
        org="",
        row=row,
        circle=None if row else form.circle,
    )
    return Done(_back(visit), sentence("The commitment is put down."))


@pages.deed("/call/{call}/commitments/{commitment}", commands=("commit done", "commit undo", "commit drop"))
async def became(visit: Visit) -> Done:
    """Say what became of a commitment."""
    form = await visit.form()
    state = form.choice("state", _STATES)
    if state is None:
        raise TextError("Choose what became of it.")
    await committing.say_state(visit.session, visit.names["call"], visit.names["commitment"], state)
    return Done(_back(visit))
