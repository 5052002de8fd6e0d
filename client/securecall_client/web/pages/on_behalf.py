"""Entering what somebody says who follows a call without SecureCall: for which exercise, and for whom."""

from securecall_client.acts import exercises, organisations
from securecall_client.results.exercises import ExerciseAnswers
from securecall_client.web.page import Pages, Shown, Visit
from securecall_client.web.pages.in_call import in_call

pages = Pages()


@pages.page("/call/{call}/on-behalf", commands=("exercise answer",))
async def choose(visit: Visit) -> Shown:
    """The open exercises, the one that is presented first, each with those for whom one may answer it."""
    session, call = visit.session, visit.names["call"]
    page = await in_call(visit, "on_behalf.html", "exercises", visit.say("An answer on behalf of others"))
    there = (await exercises.list_exercises(session, call)).exercises
    shown = visit.query.get("first", "")
    still_open = sorted((one for one in there if one.state == "open"), key=lambda one: one.exercise != shown)
    listed = [await exercises.show_exercise(session, call, one.exercise) for one in still_open]
    asked = [
        (one, everybody, await others(visit, everybody)) for one, everybody in zip(still_open, listed, strict=True)
    ]
    return Shown(page.template, page.title, {**page.data, "asked": asked})


async def others(visit: Visit, everybody: ExerciseAnswers) -> list[tuple[str, str]]:
    """The organisations of the coalition, by id and name, for whom nobody of theirs has answered."""
    if not visit.session.in_coalition:
        return []
    spoken = {person.org for person in everybody.answered}
    known = (await organisations.organisations(visit.session)).organisations
    return [(one.organisation, one.name) for one in known if one.name not in spoken]
