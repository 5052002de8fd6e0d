"""Alarms by grade: what happened, what it means, what to do, and the evidence to save (row S40: all of it is text)."""

from securecall.sentences import sentence
from securecall_client import downloads
from securecall_client.acts import alarms
from securecall_client.web.page import Done, Pages, Shown, Visit

pages = Pages()
_GRADES = ("proof", "odd", "late")


@pages.page("/alarms", commands=("alarm list", "alarm show"))
async def listed(visit: Visit) -> Shown:
    """Every alarm, the gravest first; those put aside last."""
    every = (await alarms.list_alarms(visit.session, dismissed=True)).alarms
    shown = [await alarms.show_alarm(visit.session, one.alarm) for one in every]
    data = {
        "grades": [(grade, [one for one in shown if one.grade == grade and not one.dismissed]) for grade in _GRADES],
        "standing": [one for one in shown if not one.dismissed],
        "aside": [one for one in shown if one.dismissed],
        "spaces": await alarms.shown_spaces(visit.session),
    }
    return Shown("alarms.html", visit.say("Alarms"), data)


@pages.deed("/alarms/{alarm}/save", commands=("alarm export",))
async def save(visit: Visit) -> Done:
    """Save the evidence into the downloads folder, for others to judge."""
    alarm = visit.names["alarm"]
    path = downloads.save(f"securecall-{alarm[:8]}.evidence", await alarms.evidence_of(visit.session, alarm))
    return Done(
        "/alarms", sentence("Saved as %(path)s. It holds no name and nothing that was written.", path=str(path))
    )


@pages.deed("/alarms/{alarm}/dismiss", commands=("alarm dismiss",))
async def dismiss(visit: Visit) -> Done:
    """Put an alarm aside that was dealt with."""
    await alarms.dismiss_alarm(visit.session, visit.names["alarm"])
    return Done("/alarms", sentence("Put aside. It is kept, and comes back if more is found."))


@pages.deed("/alarms/shown", commands=("evidence export",))
async def save_shown(visit: Visit) -> Done:
    """Save what this computer was shown of a call, under a name that says nothing of it."""
    file = await alarms.evidence_of_call(visit.session, (await visit.form()).text("space"))
    path = downloads.save("shown.evidence", file)
    said = sentence(
        "Saved as %(path)s. It holds no name and nothing that was written, but ids of who was in the call, and when.",
        path=str(path),
    )
    return Done("/alarms", said)
