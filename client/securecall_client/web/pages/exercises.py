"""The exercises of a call: what there is, and what owners and chairs do with them."""

from typing import Final

from securecall.sentences import sentence
from securecall_client.acts import exercises, revealing, templates
from securecall_client.errors import RefusedError
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.in_call import in_call
from securecall_client.work.template_text import Way

pages = Pages()
OWN = "own"
"""Stands for a template of one's own in the list of templates."""
_WAYS: Final[tuple[Way, ...]] = ("rank", "points", "approval")


@pages.page("/call/{call}/exercises", commands=("exercise list", "exercise template list", "exercise template show"))
async def listed(visit: Visit) -> Shown:
    """All that one can read, and for owners and chairs a form to start another."""
    known = (await exercises.list_exercises(visit.session, visit.names["call"])).exercises
    built_in = [await templates.show_template(line.name) for line in (await templates.list_templates()).templates]
    data = {"exercises": known[::-1], "templates": built_in}
    return await in_call(visit, "exercises.html", "exercises", visit.say("Exercises"), **data)


@pages.deed("/call/{call}/exercises/start", commands=("exercise start", "exercise template check"))
async def start(visit: Visit) -> Done:
    """Start one, from a template that is built in or one's own."""
    form = await visit.form()
    name = form.text("template")
    own = form.text("toml") if name == OWN else None
    if name == OWN and not own:
        raise RefusedError("Your own template is empty. Paste it, or choose one of the others.")
    if name != OWN and name not in {line.name for line in (await templates.list_templates()).templates}:
        raise RefusedError("Choose what to ask first.")
    circle = form.circle
    if circle is None:
        raise RefusedError("Choose who will see it first.")
    started = await exercises.start_exercise(
        visit.session,
        visit.names["call"],
        name,
        circle,
        title=form.text("title") or None,
        choices=[line.strip() for line in form.text("choices").splitlines() if line.strip()],
        way=form.choice("way", _WAYS),
        sealed=form.ticked("sealed"),
        text=own,
    )
    said = sentence("The exercise has started. People can answer it now.")
    return Done(f"/call/{visit.names['call']}/exercise/{started.exercise}", said)


@pages.deed("/call/{call}/exercise/{exercise}/close", commands=("exercise close",))
async def close(visit: Visit) -> Done:
    """Close it: what comes later is late."""
    await exercises.close_exercise(visit.session, visit.names["call"], visit.names["exercise"])
    return Done(at(visit), sentence("The exercise is closed. What still comes is marked as late."))


@pages.deed("/call/{call}/exercise/{exercise}/reveal", commands=("exercise reveal",))
async def reveal(visit: Visit) -> Done:
    """Reveal a sealed one to everybody whom it is for."""
    await revealing.reveal_exercise(visit.session, visit.names["call"], visit.names["exercise"])
    return Done(at(visit), sentence("The answers are revealed: everybody whom the exercise is for can read them."))


@pages.deed("/call/{call}/exercise/{exercise}/ask", commands=("exercise reveal",))
async def ask(visit: Visit) -> Done:
    """Ask all authors to reveal their own answer, where nobody is left who holds the key."""
    await revealing.ask_authors(visit.session, visit.names["call"], visit.names["exercise"])
    return Done(at(visit), sentence("Everybody is asked. Their SecureCall reveals their answer once it is online."))


def at(visit: Visit) -> str:
    """The page of the exercise that a path names."""
    return f"/call/{visit.names['call']}/exercise/{visit.names['exercise']}"
