"""First steps: found a coalition, join by invitation, add this computer; and waiting to be let in (rows T01, G07)."""

from dataclasses import replace

from aiohttp import web

from securecall.sentences import sentence
from securecall_client.acts import founding, joining, linking, recovering, sheet_kept
from securecall_client.errors import RefusedError
from securecall_client.passphrases import ADVICE, MIN_CHARACTERS, check_new
from securecall_client.profile import Lock
from securecall_client.proxy import check_proxy
from securecall_client.settings import Settings
from securecall_client.web.desk import LockedError
from securecall_client.web.form import Form
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.sheet import keep_sheet
from securecall_client.work.covering import code_in

pages = Pages()


@pages.page("/begin", locked=True)
async def begin(visit: Visit) -> Shown:
    """What to do first; whom one waits for; and once one is in, the recovery sheet."""
    match visit.desk.state:
        case "none":
            return Shown("begin.html", visit.say("Welcome to SecureCall"))
        case "begun":
            return _link(visit)
        case "joining":
            return await _waiting(visit)
        case "locked":
            raise LockedError
    if await sheet_kept.sheet_state(visit.session) == "kept":
        raise web.HTTPSeeOther("/")
    title = (await visit.session.view(visit.session.home)).state.title
    return Shown("begin_in.html", visit.say("You are in"), {"space": title})


@pages.page("/begin/join", locked=True)
async def join(visit: Visit) -> Shown:
    """Where an invitation is pasted."""
    _need_first(visit, "none")
    return Shown("begin_join.html", visit.say("Join with an invitation"), _advice())


@pages.page("/begin/found", locked=True)
async def found(visit: Visit) -> Shown:
    """Where a coalition begins."""
    _need_first(visit, "none")
    return Shown("begin_found.html", visit.say("Begin a coalition"), _advice())


@pages.page("/begin/link", locked=True)
async def link(visit: Visit) -> Shown:
    """Where this computer is added to a profile."""
    _need_first(visit, "none", "begun")
    return _link(visit)


@pages.deed("/begin/join", locked=True, commands=("join",))
async def do_join(visit: Visit) -> Done:
    """Ask to be let in."""
    _need_first(visit, "none")
    form, desk = await visit.form(), visit.desk
    invitation = code_in(form.text_or_file("invitation", "letter"))
    if not invitation:
        raise RefusedError("Paste the invitation, or choose the file with its letter.", code="no-invitation")
    lock = _new_lock(form)
    await joining.join(
        _settings(visit, form), lock, desk.hub,
        invitation=invitation, person=form.text("name"), wait=False, connect=desk.connect,
    )  # fmt: skip
    await desk.unlock(lock)
    return Done("/begin")


@pages.deed("/begin/found", locked=True, commands=("found",))
async def do_found(visit: Visit) -> Done:
    """Begin a coalition."""
    _need_first(visit, "none")
    form, desk = await visit.form(), visit.desk
    lock = _new_lock(form)
    await founding.found(
        _settings(visit, form), lock, desk.hub,
        setup=form.text("setup"), server=form.text("server"), coalition=form.text("coalition"),
        person=form.text("name"), org=form.text("org"), connect=desk.connect,
    )  # fmt: skip
    await desk.unlock(lock)
    return Done("/begin", sentence("Your coalition has begun, and you are its owner."))


@pages.deed("/begin/link", locked=True, commands=("device link",))
async def do_link(visit: Visit) -> Done:
    """Add this computer, with the text that another one shows."""
    _need_first(visit, "none", "begun")
    form, desk = await visit.form(), visit.desk
    lock = desk.begun or _new_lock(form)
    try:
        linked = await linking.link(
            _settings(visit, form), lock, desk.hub, text=form.text("text"), connect=desk.connect
        )
    finally:
        await _take_up(visit, lock)
    return Done("/", sentence("This computer is yours now, too: you are in %(title)s.", title=linked.title))


@pages.deed("/begin/recover", locked=True, commands=("device link",))
async def do_recover(visit: Visit) -> Done:
    """Get back in with a recovery sheet, and show the one that takes its place."""
    _need_first(visit, "none", "begun")
    form, desk = await visit.form(), visit.desk
    lock = desk.begun or _new_lock(form)
    text = f"{form.text('words')} {form.text('place')}"
    try:
        back = await recovering.recover(_settings(visit, form), lock, desk.hub, text=text, connect=desk.connect)
    finally:
        await _take_up(visit, lock)
    async with desk.at() as session:
        key = await keep_sheet(desk, session, back.recovery)
    return Done(
        f"/sheet/{key}",
        sentence("You are back in. The sheet that you used counts no more; here is the one that takes its place."),
    )


async def _take_up(visit: Visit, lock: Lock) -> None:
    """Open what there is by now, also where adding this computer has failed half way."""
    if visit.desk.profile.exists():
        await visit.desk.unlock(lock)


async def _waiting(visit: Visit) -> Shown:
    async with visit.desk.at(reading=True) as session:
        if session.home:
            raise web.HTTPSeeOther("/begin")
        founds = await session.replica.meta(founding.NOTE) is not None
        joined = None if founds else await joining.awaited(session)
    data = {"joined": joined, "trouble": visit.desk.trouble}
    return Shown("begin_waiting.html", visit.say("Waiting to be let in"), data)


def _link(visit: Visit) -> Shown:
    data = {**_advice(), "begun": visit.desk.state == "begun"}
    return Shown("begin_link.html", visit.say("Add this computer"), data)


def _need_first(visit: Visit, *states: str) -> None:
    """Send on whoever is past this."""
    if visit.desk.state == "locked":
        raise LockedError
    if visit.desk.state not in states:
        raise web.HTTPSeeOther("/begin")


def _advice() -> dict[str, object]:
    return {"advice": ADVICE, "least": MIN_CHARACTERS}


def _new_lock(form: Form) -> Lock:
    """What will open the new profile. Raises: PassphraseError."""
    return Lock.from_passphrase(check_new(form.secret("passphrase"), form.secret("again")))


def _settings(visit: Visit, form: Form) -> Settings:
    proxy = form.text("proxy")
    return replace(visit.desk.settings, proxy=check_proxy(proxy)) if proxy else visit.desk.settings
