"""The minutes of a call: one writer at a time, the pen handed over openly, every version kept (protocol 8.3.2).

Whoever has not the pen is refused before anything is sent. Where two write at once all the same, the chain's order
decides, and what came second is kept beside the minutes and marked.
"""

from operator import itemgetter

from securecall.rights import KEEPERS, Circle
from securecall.sentences import Sentence, sentence
from securecall.wire import ZERO
from securecall_client import clock, content, parts
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.rights import need_no_guest, need_standing
from securecall_client.acts.typed import long_text
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.common import Saved
from securecall_client.results.minutes import MinutesEvent, MinutesHistory, MinutesSaid, MinutesShown
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.state import MinutesState, MinutesVersion, Origin


async def show_minutes(session: Session, call: str, circle: Circle | None, version: int | None) -> MinutesShown:
    """The minutes as they stand, or a version of them. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    of = _circle(view, circle)
    state = _state(view, of)
    if version is not None and not 1 <= version <= len(state.versions):
        raise NotFoundError(
            sentence("There is no version %(version)s of the minutes for %(of)s.", version=version, of=Sentence(of)),
            hint="See: securecall minutes history CALL",
        )
    return minutes_shown(view, of, state.versions[version - 1] if version else state.newest)


def minutes_shown(view: SpaceView, circle: Circle, version: MinutesVersion | None) -> MinutesShown:
    """A version as it is shown."""
    holder = _state(view, circle).holder
    return MinutesShown(
        call=view.space.hex(),
        title=view.state.title,
        circle=circle,
        version=version.number if version else 0,
        text=version.text if version else "",
        name=view.state.name(version.origin.author) if version else "",
        at=clock.iso(version.origin.minute * 60) if version else None,
        with_pen=version is None or version.with_pen,
        pen=holder.hex() if holder else None,
        pen_name=view.state.name(holder) if holder else None,
    )


async def minutes_history(session: Session, call: str, circle: Circle | None) -> MinutesHistory:
    """Who wrote and who had the pen. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    of = _circle(view, circle)
    return MinutesHistory(call=view.space.hex(), title=view.state.title, circle=of, events=events(view, of))


def events(view: SpaceView, circle: Circle) -> list[MinutesEvent]:
    """What happened to the minutes for a circle, oldest first."""
    name, state = view.state.name, _state(view, circle)

    def event(origin: Origin, version: MinutesVersion | None, to: bytes | None) -> tuple[int, MinutesEvent]:
        return origin.seq, MinutesEvent(
            version=version.number if version else None,
            name=name(origin.author),
            at=clock.iso(origin.minute * 60),
            with_pen=version is None or version.with_pen,
            pen_name=name(to) if to else None,
        )

    written = [event(each.origin, each, None) for each in state.versions]
    handed = [event(origin, None, to) for origin, to in state.pens]
    # Whoever writes while nobody has the pen takes it by the same record, so the pen comes first.
    return [told for _, told in sorted([*handed, *written], key=itemgetter(0))]


async def take_pen(session: Session, call: str, circle: Circle | None, *, take: bool) -> MinutesSaid:
    """Take the pen if nobody has it; with ``take``, as owner or chair, from whoever has it, which all see.

    Raises: NotFoundError, RefusedError, ProofError.
    """
    view, of = await _to_write(session, call, circle)
    if _state(view, of).holder == session.member:
        return _said(session, view, of, None, "server")
    _need_pen(session, view, of, take=take)
    return await _say(session, view, of, parts.Pen(session.member))


async def hand_pen(session: Session, call: str, circle: Circle | None, person: str) -> MinutesSaid:
    """Hand one's pen to somebody, or put it down without ``person``. Raises: as `take_pen`."""
    view, of = await _to_write(session, call, circle)
    state = _state(view, of)
    if state.holder != session.member:
        who = (
            sentence("%(holder)s has it", holder=view.state.name(state.holder))
            if state.holder
            else sentence("nobody has it")
        )
        raise RefusedError(
            sentence("You do not have the pen of the minutes: %(who)s. Nothing was changed.", who=who), code="no-pen"
        )
    to = find_member(view, person) if person else ZERO
    if person and view.chain.roster.members[to].role == "guest":
        raise RefusedError("Guests do not write the minutes. Nothing was changed.", code="no-right")
    return await _say(session, view, of, parts.Pen(to))


async def write_minutes(session: Session, call: str, text: str, circle: Circle | None, *, take: bool) -> MinutesSaid:
    """Write a version, whole; the pen is taken with it as by `take_pen`, and kept.

    Raises: NotFoundError, TextError, RefusedError, ProofError.
    """
    view, of = await _to_write(session, call, circle)
    body = parts.Minutes(long_text("minutes", text, parts.MINUTES_LONG))
    _need_pen(session, view, of, take=take)
    if _state(view, of).holder not in (session.member, None):
        await session.writer.write(view.space, parts.Pen(session.member), of)
    return await _say(session, view, of, body)


async def _to_write(session: Session, call: str, circle: Circle | None) -> tuple[SpaceView, Circle]:
    view = await the_call(session, call)
    need_standing(view)
    need_no_guest(session, view, sentence("write its minutes"))
    return view, _circle(view, circle)


def _need_pen(session: Session, view: SpaceView, circle: Circle, *, take: bool) -> None:
    """Raise RefusedError unless one has the pen, or may take it."""
    holder, keeps = _state(view, circle).holder, session.role_in(view) in KEEPERS
    if holder in (session.member, None) or (take and keeps):
        return
    name, me = view.state.name(holder), view.state.name(session.member)
    how = (
        sentence("or, as you keep this call, take it: --take")
        if keeps
        else sentence("or have an owner or chair take it")
    )
    raise RefusedError(
        sentence("%(name)s has the pen of the minutes. Nothing was saved.", name=name),
        hint=sentence(
            "Ask %(name)s to hand it over (securecall minutes hand CALL %(me)s), %(how)s.", name=name, me=me, how=how
        ),
        code="no-pen",
    )


async def _say(session: Session, view: SpaceView, circle: Circle, body: content.Body) -> MinutesSaid:
    record, saved = await session.writer.write(view.space, body, circle)
    after = await session.view(view.space)
    written = next((each for each in _state(after, circle).versions if each.origin.record == record), None)
    return _said(session, after, circle, written, saved)


def _said(
    session: Session, view: SpaceView, circle: Circle, written: MinutesVersion | None, saved: Saved
) -> MinutesSaid:
    holder = _state(view, circle).holder
    if written is not None and not written.with_pen:
        session.say.line(
            sentence("Somebody else took the pen just before. What you wrote is kept, and is not the minutes.")
        )
    return MinutesSaid(
        call=view.space.hex(),
        title=view.state.title,
        circle=circle,
        version=written.number if written else None,
        with_pen=written is None or written.with_pen,
        pen=holder.hex() if holder else None,
        pen_name=view.state.name(holder) if holder else None,
        saved=saved,
    )


def _state(view: SpaceView, circle: Circle) -> MinutesState:
    return view.state.minutes.get(circle, MinutesState())


def _circle(view: SpaceView, circle: Circle | None) -> Circle:
    """The circle whose minutes are meant: the only ones there are, else those for allies; to a guest, for everyone."""
    if view.me is not None and view.me.role == "guest":
        return "everyone"
    there: list[Circle] = [each for each in ("allies", "everyone") if each in view.state.minutes]
    return circle or (there or ["allies"])[0]
