"""An answer being written: its form, the draft that is kept while one types, and sending it."""

from typing import Final
from weakref import WeakKeyDictionary

from aiohttp import web

from securecall.sentences import sentence
from securecall_client.acts import answering, drafts, exercises, on_behalf, sheets
from securecall_client.acts.drafts import Keeper
from securecall_client.results.common import Saved
from securecall_client.results.exercises import Answered, ExerciseAnswers
from securecall_client.session import Session
from securecall_client.web.failing import notice
from securecall_client.web.form import Form
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.exercises import at
from securecall_client.web.pages.in_call import in_call
from securecall_client.web.pages.suggesting import suggestions
from securecall_client.web.render import render
from securecall_client.work.answer_form import Typed, faults, fill_form, read_form
from securecall_client.work.answer_text import read_answer_text
from securecall_client.work.errors import RowsError
from securecall_client.work.question import Table
from securecall_client.work.template import Template

pages = Pages()
_SHOWN: Final = 12
"""Mistakes that are listed above; all are marked where they stand."""

_keepers: WeakKeyDictionary[Session, dict[tuple[str, str, str], Keeper]] = WeakKeyDictionary()
"""What keeps the drafts that are being typed, so that keeping one waits for nobody's turn. It goes with the session."""


async def editor(visit: Visit, everybody: ExerciseAnswers, org: str | None = None) -> dict[str, object]:
    """What the form of an answer shows. Raises: as `answering.mine`."""
    call, exercise = visit.names["call"], visit.names["exercise"]
    mine = await answering.mine(visit.session, call, exercise, org)
    _keepers.setdefault(visit.session, {})[call, exercise, org or ""] = mine.keeper
    lists, listed = await suggestions(visit.session, call, mine, everybody)
    return {
        "mine": mine,
        "filled": fill_form(mine.raw, mine.asks),
        "is_table": lambda question: isinstance(question, Table),
        "lists": lists,
        "listed": listed,
        "at": at(visit) + (f"/for/{org}" if org else ""),
        "exercise": everybody,
    }


@pages.page("/call/{call}/exercise/{exercise}/for/{org}", commands=("exercise answer",))
async def for_others(visit: Visit) -> Shown:
    """The form for what an organisation says that has nobody here."""
    everybody = await exercises.show_exercise(visit.session, visit.names["call"], visit.names["exercise"])
    data = await editor(visit, everybody, visit.names["org"])
    title = visit.say("An answer on behalf of others")
    return await in_call(visit, "answer_for.html", "exercises", title, **data, back=at(visit))


@pages.deed("/call/{call}/exercise/{exercise}/answer", commands=("exercise answer", "exercise draft send"))
@pages.deed("/call/{call}/exercise/{exercise}/for/{org}/answer", commands=("exercise answer",))
async def answer(visit: Visit) -> Done | web.Response:
    """Send what was typed; where something is wrong with it, say all of that, and keep it."""
    org = visit.names.get("org")
    call, exercise = visit.names["call"], visit.names["exercise"]
    asks = (await exercises.asked(visit.session, call, exercise)).template
    typed = read_form(_fields(await visit.form()), asks)
    wrong = faults(typed.raw, asks)
    if wrong:
        (await drafts.keeper(visit.session, call, exercise, org)).save(typed.raw)
        return _refused(visit, asks, typed)
    return Done(at(visit), _sent(await answering.send(visit.session, call, exercise, typed.raw, org)))


@pages.deed("/call/{call}/exercise/{exercise}/draft", commands=("exercise draft save",), apart=True)
@pages.deed("/call/{call}/exercise/{exercise}/for/{org}/draft", commands=("exercise draft save",), apart=True)
async def draft(visit: Visit) -> web.Response:
    """Keep what was typed so far. Asks nobody and waits for nobody, since it comes with every few letters."""
    kept = await _keeper(visit)
    kept.save(read_form(_fields(await visit.form()), kept.asks).raw)
    return web.Response(status=204)


@pages.deed("/call/{call}/exercise/{exercise}/drop", commands=("exercise draft drop",))
@pages.deed("/call/{call}/exercise/{exercise}/for/{org}/drop", commands=("exercise draft drop",))
async def drop(visit: Visit) -> Done:
    """Forget what was typed and not sent."""
    call, exercise, org = visit.names["call"], visit.names["exercise"], visit.names.get("org")
    (await drafts.keeper(visit.session, call, exercise, org)).drop()
    return Done(at(visit) + (f"/for/{org}" if org else ""), sentence("The draft is gone."))


@pages.deed("/call/{call}/exercise/{exercise}/sheet", commands=("exercise answer",), apart=True)
@pages.deed("/call/{call}/exercise/{exercise}/for/{org}/sheet", commands=("exercise answer",), apart=True)
async def sheet(visit: Visit) -> web.Response:
    """Read the rows of a spreadsheet's file, for the form to take them in. Nothing is kept or sent by that."""
    asks = (await _keeper(visit)).asks
    chosen = (await visit.form()).file("file")
    if chosen is None:
        raise RowsError("Choose a file first.")
    if chosen.name.lower().endswith(".xlsx"):
        raw = await sheets.read_sheet(chosen.data, asks)
    else:
        try:
            raw = read_answer_text(chosen.data.decode("utf-8-sig"), "csv", asks)
        except UnicodeDecodeError:
            raise RowsError("This is no spreadsheet: choose a file that ends in .xlsx or .csv.") from None
    return web.json_response({name: filled.rows for name, filled in fill_form(raw, asks).items() if filled.rows})


@pages.deed("/call/{call}/exercise/{exercise}/withdraw", commands=("exercise withdraw",))
async def withdraw(visit: Visit) -> Done:
    """Take one's answer back."""
    await exercises.withdraw_answer(visit.session, visit.names["call"], visit.names["exercise"])
    return Done(at(visit), sentence("Your answer is taken back, and counts nowhere."))


@pages.deed("/call/{call}/exercise/{exercise}/confirm", commands=("exercise answer",))
async def confirm(visit: Visit) -> Done:
    """Make one's own what was entered on behalf of one's organisation."""
    answered = await on_behalf.confirm_answer(visit.session, visit.names["call"], visit.names["exercise"])
    return Done(at(visit), _sent(answered))


async def _keeper(visit: Visit) -> Keeper:
    """What keeps this draft. Raises: LockedError, NotFoundError."""
    session, names = visit.session, visit.names
    known = _keepers.setdefault(session, {})
    which = names["call"], names["exercise"], names.get("org", "")
    if which not in known:
        async with visit.desk.at(reading=True):
            known[which] = await drafts.keeper(session, which[0], which[1], which[2] or None)
    return known[which]


def _fields(form: Form) -> list[tuple[str, str]]:
    return [(name, text) for name in form.names() for text in form.raw_texts(name)]


def _sent(answered: Answered) -> str:
    if answered.state == "late":
        return sentence("It was sent, and is marked as late, since the exercise was closed by then.")
    said: dict[Saved, str] = {
        "here": sentence("It is saved on this computer, and goes as soon as the line is back."),
        "server": sentence("Sent: it is on the server."),
        "others": sentence("Sent: others have it."),
    }
    return said[answered.saved]


def _refused(visit: Visit, asks: Template, typed: Typed) -> web.Response:
    """All that is wrong, each with the field that it is about: above, and for the script to mark it there."""
    titles = {
        (question.name, field.name): field.title
        for question in asks.questions
        for field in (question.columns if isinstance(question, Table) else (question,))
    }
    found = []
    for fault in faults(typed.raw, asks):
        title = titles.get((fault.question, fault.column), fault.column)
        if fault.row is None:
            found.append((f"one-{fault.question}", title, fault.why))
        else:
            key, number = typed.rows[fault.question][fault.row]
            where = visit.say("Row %(number)s, %(column)s", number=visit.language.number(number), column=title)
            found.append((f"row-{fault.question}-{key}-{fault.column}", where, fault.why))
    data = {"faults": found, "most": _SHOWN}
    return notice(render("answer_faults.html", visit.language, data))
