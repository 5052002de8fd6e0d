"""Alarms: what stands, what its evidence says, and the file that others can judge (protocol 20)."""

from pathlib import Path

from securecall.evidence import Ungranted, read_evidence
from securecall.judging import judge
from securecall.sentences import sentence
from securecall_client import clock, exhibits
from securecall_client.acts.evidence import Names, verdict_line
from securecall_client.alarms import Alarm
from securecall_client.errors import NotFoundError, ProofError, RefusedError
from securecall_client.exhibits import Exhibit
from securecall_client.files import save_as
from securecall_client.results.alarms import Alarms, AlarmShown, EvidenceFile
from securecall_client.results.status import AlarmLine
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import SHORTEST, find

_WHOSE = {
    "server": sentence("the server keeps back this device's new key, or gave another than was made for it"),
    "rotator": sentence("whoever made the newest key sealed something else to this device"),
}


async def list_alarms(session: Session, *, dismissed: bool = False) -> Alarms:
    """Every alarm, the newest first, also those that were ``dismissed``.

    Asks no server, so that nothing keeps anybody from seeing them.
    """
    every = await standing(session)
    lines = [line(alarm) for alarm in every if dismissed or not alarm.dismissed]
    return Alarms(alarms=sorted(lines, key=lambda one: one.when or "", reverse=True), put_aside=len(every) - len(lines))


async def show_alarm(session: Session, typed: str) -> AlarmShown:
    """One alarm and what its evidence says. Raises: NotFoundError."""
    alarm = await _the_alarm(session, typed)
    verdict = None
    if alarm.evidence is not None:
        case = read_evidence(alarm.evidence)
        verdict = verdict_line(judge(case), await names(session, case.space))
    return AlarmShown(**{name: getattr(line(alarm), name) for name in AlarmLine.__struct_fields__}, verdict=verdict)


async def export_alarm(session: Session, typed: str, path: Path) -> EvidenceFile:
    """Write an alarm's evidence into a new file. Raises: NotFoundError, RefusedError (it has none), FileError."""
    alarm = await _the_alarm(session, typed)
    return _write(alarm.id.hex(), _evidence_of(alarm), path)


async def evidence_of(session: Session, typed: str) -> bytes:
    """An alarm's evidence, as the file that others can judge. Raises: NotFoundError, RefusedError (it has none)."""
    return _evidence_of(await _the_alarm(session, typed))


def _evidence_of(alarm: Alarm) -> bytes:
    if alarm.evidence is None:
        raise RefusedError(
            "This alarm has no evidence that others could check: nothing in it was signed by whoever did it.",
            hint="Tell the secretariat in words. What is shown by securecall alarm show is all there is.",
            code="no-evidence",
        )
    return alarm.evidence


async def dismiss_alarm(session: Session, typed: str) -> AlarmLine:
    """Put an alarm aside that was dealt with. Raises: NotFoundError, RefusedError (it is proof, or is still so)."""
    alarm = await _the_alarm(session, typed)
    if alarm.grade == "proof":
        raise RefusedError(
            "This alarm is proof of misbehaviour, which does not go away, so it stays in sight.",
            hint="Hand it over: securecall alarm export ALARM -o FILE",
            code="proof-stays",
        )
    if alarm.lasts:
        raise RefusedError(
            "This alarm is about how things stand now. It goes by itself once they are mended.",
            hint=alarm.message,
            code="still-so",
        )
    await session.alarms.dismiss(alarm.id)
    return line(await session.alarms.marked(alarm))


async def export_call(session: Session, call: str, path: Path) -> EvidenceFile:
    """Write what `evidence_of_call` gives into a new file. Raises: NotFoundError, RefusedError, FileError."""
    return _write(None, await evidence_of_call(session, call), path)


async def evidence_of_call(session: Session, call: str) -> bytes:
    """What this computer was shown of a call, with the server's newest word for it, as others can judge it.

    Laid beside what somebody has who was shown otherwise, it convicts.

    Raises: NotFoundError, RefusedError (there is no word of the server yet).
    """
    view = await session.view(find(sentence("call"), call, await _titles(session)))
    file = await exhibits.evidence(session.replica, Exhibit().of(view.chain))
    if file is None:
        raise RefusedError(
            "This computer has no statement of the server about that call yet.",
            hint="Fetch one: securecall sync",
            code="no-evidence",
        )
    return file


async def shown_spaces(session: Session) -> list[tuple[str, str]]:
    """Ids and titles of the spaces that `evidence_of_call` can be asked of, by title."""
    titles = await _titles(session)
    return sorted(((space.hex(), title) for space, title in titles.items()), key=lambda one: one[1].casefold())


async def _titles(session: Session) -> dict[bytes, str]:
    views = [await session.view(space) for space in session.spaces()]
    return {view.space: view.state.title for view in views if view.chain.heads}


def _write(alarm: str | None, file: bytes, path: Path) -> EvidenceFile:
    with save_as(path) as new:
        new.write(file)
    return EvidenceFile(alarm=alarm, path=str(path), size=len(file))


async def standing(session: Session) -> list[Alarm]:
    """All that is wrong as far as this computer knows: what was found and kept, and what is so now.

    No other place says what an alarm is.
    """
    found = await session.alarms.listing()
    every = [*found, *await _without_key(session), *await _refused(session)]
    return [await session.alarms.marked(alarm) for alarm in every]


async def names(session: Session, space: bytes) -> Names:
    """What the members of a space are called here; the coalition's names stand in for those of a space unknown here."""
    known: dict[bytes, str] = {}
    for each in dict.fromkeys((session.home, space)):
        if each in session.spaces():
            view = await session.view(each)
            known |= {member: view.state.name(member) for member in view.chain.roster.known} if view.chain.heads else {}
    return known


def line(alarm: Alarm) -> AlarmLine:
    """An alarm as it is listed."""
    return AlarmLine(
        alarm=alarm.id.hex(),
        grade=alarm.grade,
        message=alarm.message,
        space=None if alarm.space is None else alarm.space.hex(),
        when=None if alarm.time is None else clock.iso(alarm.time),
        evidence=alarm.evidence is not None,
        dismissed=alarm.dismissed,
    )


async def _the_alarm(session: Session, typed: str) -> Alarm:
    beginning = typed.strip().lower()
    found = [alarm for alarm in await standing(session) if alarm.id.hex().startswith(beginning)]
    if len(beginning) < SHORTEST or not found:
        raise NotFoundError(
            sentence("There is no alarm “%(typed)s” here.", typed=typed), hint="See them: securecall alarm list"
        )
    if len(found) > 1:
        raise NotFoundError(
            sentence("%(number)s alarms begin with “%(typed)s”.", number=len(found), typed=typed),
            hint="Give more of the id.",
            code="ambiguous",
        )
    return found[0]


async def _refused(session: Session) -> list[Alarm]:
    """What a person wrote and no server may take any more; it is kept, and goes nowhere."""
    alarms = []
    for space, record, code in await session.replica.refusals():
        title = (await session.view(space)).state.title
        message = sentence(
            "Something you wrote for %(title)s cannot be sent (%(code)s). It is kept here; write it anew.",
            title=title,
            code=code,
        )
        alarms.append(Alarm(record, "late", message, space, None, None))
    return alarms


async def _without_key(session: Session) -> list[Alarm]:
    """Spaces that this device counts in and cannot read on, and whose doing that is (row S39).

    Such an alarm goes by itself once a good key is here.
    """
    alarms = []
    for space in session.spaces():
        try:
            view = await session.view(space)
        except ProofError:
            # The profile's own copy was changed: whoever asks for that space is told so.
            continue
        blame = view.lacks_key() if view.chain.heads else None
        if blame is not None:
            message = sentence(
                "%(title)s: %(whose)s. Ask somebody in it to make a new key (call rotate).",
                title=view.state.title,
                whose=_WHOSE[blame],
            )
            alarms.append(Alarm(space[:16], "odd", message, space, None, await _of_grant(session, view), lasts=True))
    return alarms


async def _of_grant(session: Session, view: SpaceView) -> bytes | None:
    """The evidence about the running epoch's grant."""
    seq = max((seq for seq in view.grant_faults), default=view.chain.starts[view.chain.epoch])
    box = (await session.replica.grants(view.space)).get(seq)
    return await exhibits.evidence(session.replica, Exhibit(word=Ungranted(seq, session.device.id, box)).of(view.chain))
