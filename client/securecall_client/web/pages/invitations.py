"""Invitations: for one person, for many, again, taken back; each text is shown once, to whoever made it (row G07)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from securecall.rights import Action, Role, may
from securecall.sentences import counted, sentence
from securecall_client import downloads
from securecall_client.acts import invitations, inviting, inviting_people, organisations
from securecall_client.errors import RefusedError
from securecall_client.results.people import Invited
from securecall_client.text import parse_time, when
from securecall_client.view import SpaceView
from securecall_client.web.form import Form
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.qr import qr
from securecall_client.web.typed import local_time
from securecall_client.work.covering import file_name, letter
from securecall_client.work.people import read_people

pages = Pages()
_ROLES: Final[tuple[Role, ...]] = ("member", "chair", "owner")
_IN_CALL: Final[tuple[Role, ...]] = ("guest", "member", "chair", "owner")
_DAYS: Final = (1, 7, 30)
_FOLDER: Final = "SecureCall invitations"


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation that was just made, and the page that its maker goes back to."""

    invited: Invited
    back: str


@pages.page("/people/invite", commands=("invite",))
async def invite(visit: Visit) -> Shown:
    """Invite one person, or many, into the coalition."""
    view = await visit.session.view(visit.session.coalition)
    return Shown("invite.html", visit.say("Invite"), await _choices(visit, view, _ROLES))


@pages.page("/call/{call}/people/invite", commands=("invite",))
async def invite_to_call(visit: Visit) -> Shown:
    """Invite somebody from outside the coalition into a call."""
    view = await visit.session.view(bytes.fromhex(visit.names["call"]))
    return Shown("invite.html", visit.say("Invite"), await _choices(visit, view, _IN_CALL))


@pages.deed("/people/invite", commands=("invite",))
async def make(visit: Visit) -> Done:
    """Make an invitation into the coalition."""
    return await _make(visit, await visit.form(), None)


@pages.deed("/call/{call}/people/invite", commands=("invite",))
async def make_for_call(visit: Visit) -> Done:
    """Make an invitation into a call; a guest's ends their stay with a day."""
    form = await visit.form()
    until = local_time(visit, form.text("until")) if form.text("until") and form.text("role") == "guest" else None
    return await _make(visit, form, inviting.Stay(visit.names["call"], until))


@pages.deed("/people/invite-many", commands=("invite",))
async def make_many(visit: Visit) -> Done:
    """Invite everybody in a table; each letter becomes a file in the downloads folder."""
    form = await visit.form()
    people = read_people(form.text_or_file("table", "file"), ("owner", "chair", "member"))
    folder = downloads.downloads() / _FOLDER
    made = await inviting_people.invite_people(visit.session, people.rows, folder, _span(form))
    count = counted("%(num)s letter is", "%(num)s letters are", len(made.invitations))
    said = sentence(
        "%(count)s in the folder %(folder)s. Hand each over where nobody reads along, then delete it.",
        count=count,
        folder=str(folder),
    )
    return Done("/people", said)


@pages.page("/people/invitation/{key}")
async def show(visit: Visit) -> Shown:
    """An invitation that was just made: its text and square, until it is put away."""
    made = visit.desk.drawer.get(visit.names["key"], Made).invited
    data = {"made": made, "qr": qr(made.invitation), "key": visit.names["key"]}
    return Shown("invitation.html", visit.say("Invitation"), data)


@pages.deed("/people/invitation/{key}/letter", commands=("invite",))
async def save_letter(visit: Visit) -> Done:
    """Save the invitation with its letter as a file."""
    made = visit.desk.drawer.get(visit.names["key"], Made).invited
    text = letter(made.invitation, when(parse_time(made.expires)))
    path = downloads.save(file_name(made.label), text.encode())
    said = sentence("Saved as %(path)s. It is not encrypted: delete it once it is handed over.", path=str(path))
    return Done(f"/people/invitation/{visit.names['key']}", said)


@pages.deed("/people/invitation/{key}/away")
async def put_away(visit: Visit) -> Done:
    """Take the invitation off the screen."""
    made = visit.desk.drawer.get(visit.names["key"], Made)
    visit.desk.drawer.drop(visit.names["key"])
    return Done(made.back)


@pages.deed("/people/invitations/again", commands=("invite again",))
async def again(visit: Visit) -> Done:
    """Another invitation in the place of an older one."""
    form = await visit.form()
    call = form.text("call") or None
    made = await invitations.invite_again(visit.session, form.text("invitation"), call, timedelta(days=7))
    return _show(visit, made, call)


@pages.deed("/people/invitations/revoke", commands=("invite revoke",))
async def revoke(visit: Visit) -> Done:
    """Take an invitation back."""
    form = await visit.form()
    call = form.text("call") or None
    await invitations.revoke_invitation(visit.session, form.text("invitation"), call)
    return Done(_people(call), sentence("That invitation is worth nothing now."))


async def _make(visit: Visit, form: Form, stay: inviting.Stay | None) -> Done:
    role = form.choice("role", _IN_CALL)
    if role is None or (stay is None and role == "guest"):
        raise RefusedError("Choose a role.", code="no-role")
    made = await inviting.invite(
        visit.session, role=role, org=form.text("org"), label=form.text("label"), expires=_span(form), stay=stay
    )
    return _show(visit, made, None if stay is None else stay.call)


def _show(visit: Visit, invited: Invited, call: str | None) -> Done:
    return Done(f"/people/invitation/{visit.desk.drawer.put(Made(invited, _people(call)))}")


def _people(call: str | None) -> str:
    return "/people" if call is None else f"/call/{call}/people"


def _span(form: Form) -> timedelta:
    days = form.text("days")
    return timedelta(days=int(days) if days.isdecimal() and int(days) in _DAYS else 7)


async def _choices(visit: Visit, view: SpaceView, roles: tuple[Role, ...]) -> dict[str, object]:
    session = visit.session
    in_call = view.chain.kind == "call"
    return {
        "space": view.state.title,
        "in_call": in_call,
        "roles": [role for role in roles if may(session.role_in(view), Action.INVITE, role)],
        "organisations": await organisations.names(session),
        "days": _DAYS,
        "folder": str(downloads.downloads() / _FOLDER),
        "base": f"/call/{view.space.hex()}/people" if in_call else "/people",
        "section": "/" if in_call else "/people",
    }
