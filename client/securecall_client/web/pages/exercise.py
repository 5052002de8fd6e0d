"""One exercise: one's own answer, everybody's, who has answered; for owners and chairs what is to be decided."""

from securecall.sentences import sentence
from securecall_client.acts import exercises, late_answers, sheets
from securecall_client.downloads import free
from securecall_client.errors import NotFoundError
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.answer_shown import all_shown, shown
from securecall_client.web.pages.answering import editor
from securecall_client.web.pages.exercises import at
from securecall_client.web.pages.from_finding import proposed_day
from securecall_client.web.pages.in_call import in_call
from securecall_client.web.pages.on_behalf import others

pages = Pages()


@pages.page("/call/{call}/exercise/{exercise}", commands=("exercise show", "exercise draft show"))
async def exercise(visit: Visit) -> Shown:
    """The exercise as it stands."""
    call, session = visit.names["call"], visit.session
    everybody = await exercises.show_exercise(session, call, visit.names["exercise"])
    me = session.member.hex()
    own = await exercises.show_exercise(session, call, visit.names["exercise"], mine=True)
    more = {
        **await editor(visit, everybody),
        "others": all_shown([line for line in everybody.answers if line.member != me or line.on_behalf], everybody),
        "wrote": [shown(line, own.questions) for line in reversed(own.answers)],
        "has_table": any(question.type == "rows" for question in everybody.questions),
        "behalf": {line.org for line in everybody.answers if line.on_behalf},
        "orgs": await others(visit, everybody),
    }
    return await in_call(visit, "exercise.html", "exercises", visit.say("Exercise"), **more)


@pages.page("/call/{call}/exercise/{exercise}/answer/{answer}", commands=("exercise show",))
async def one_answer(visit: Visit) -> Shown:
    """One answer as a whole, with what can be made of each of its rows."""
    everybody = await exercises.show_exercise(visit.session, visit.names["call"], visit.names["exercise"])
    line = next((line for line in everybody.answers if line.answer == visit.names["answer"]), None)
    if line is None:
        raise NotFoundError("There is a newer answer in its place, or it was taken back.")
    return await in_call(
        visit,
        "answer.html",
        "exercises",
        visit.say("An answer"),
        exercise=everybody,
        one=shown(line, everybody.questions),
        at=at(visit),
        me=visit.session.member.hex(),
        day=proposed_day(),
    )


@pages.deed("/call/{call}/exercise/{exercise}/decide", commands=("exercise decide",))
async def decide(visit: Visit) -> Done:
    """Say whether a late answer counts."""
    form = await visit.form()
    counts = form.text("counts") == "yes"
    await late_answers.decide_answer(
        visit.session, visit.names["call"], visit.names["exercise"], form.text("answer"), counts=counts
    )
    said = sentence("The late answer counts.") if counts else sentence("The late answer is set aside. It stays shown.")
    return Done(at(visit), said)


@pages.deed("/call/{call}/exercise/{exercise}/empty-sheet", commands=("exercise sheet",))
async def empty_sheet(visit: Visit) -> Done:
    """Save an empty sheet to fill in, under a name that says nothing of the call."""
    ending = ".csv" if (await visit.form()).text("format") == "csv" else ".xlsx"
    made = await sheets.export_sheet(visit.session, visit.names["call"], visit.names["exercise"], free("sheet", ending))
    said = sentence(
        "Saved as %(path)s. Fill it in and take its rows in again here. Filled in, it is not encrypted.", path=made.path
    )
    return Done(at(visit), said)
