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
    there = (await exercises.list_exercises(session, call)).exercises
    first, asked = visit.query.get("first", ""), []
    for one in sorted((one for one in there if one.state == "open"), key=lambda one: one.exercise != first):
        everybody = await exercises.show_exercise(session, call, one.exercise)
        asked.append((one, everybody, await others(visit, everybody)))
    title = visit.say("An answer on behalf of others")
    return await in_call(visit, "on_behalf.html", "exercises", title, asked=asked)


async def others(visit: Visit, everybody: ExerciseAnswers) -> list[tuple[str, str]]:
    """The organisations of the coalition, by id and name, for whom nobody of theirs has answered."""
    if not visit.session.in_coalition:
        return []
    spoken = {person.org for person in everybody.answered}
    known = (await organisations.organisations(visit.session)).organisations
    return [(one.organisation, one.name) for one in known if one.name not in spoken]
