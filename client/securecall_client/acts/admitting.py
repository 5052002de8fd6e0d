"""Letting people in who hold an invitation (protocol 10; rows G02 to G04)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress

from securecall import entries as e
from securecall.code import key_words
from securecall.entry_rules import judge
from securecall.errors import InvalidError
from securecall.rights import KEEPERS, Action, may
from securecall.sentences import sentence
from securecall_client.acts.applicants import Applicant, applicants, waiting_join
from securecall_client.acts.guests import called, say_again, usual_end
from securecall_client.acts.rights import phase
from securecall_client.captions import MemberName
from securecall_client.changing import Change, NothingToDoError, change
from securecall_client.errors import FileError, OfflineError, RefusedError
from securecall_client.results.people import Admitted, WaitingJoin
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions

LOOK = 2.0
"""Seconds between looks of `admit_watch` when the live line says nothing."""


async def admit(session: Session, *, confirmed: bool) -> Admitted:
    """Let in whoever asks with a good invitation; without a person's word, ordinary members of no doubt alone.

    Raises: OfflineError, RefusedError, ProofError.
    """
    return await _admit(session, lambda applicant: confirmed or applicant.ordinary, confirmed=confirmed)


async def admit_one(session: Session, member: str, typed: str) -> Admitted:
    """Let in the one who asks under the id ``member``, on a person's word; who is to decide over others only once the
    words of their keys are ``typed``, as they read them out themselves (row L06).

    Raises: RefusedError, OfflineError, ProofError.
    """

    def chosen(applicant: Applicant) -> bool:
        if applicant.request.member.hex() != member:
            return False
        if applicant.request.role in KEEPERS and typed.casefold().split() != key_words(bytes.fromhex(member)).split():
            raise RefusedError(
                "These are not the words that stand beside this person. Nobody was let in.",
                hint="Let them read the six words to you, on a voice you know. If they read others, it is not them.",
                code="other-words",
            )
        return True

    done = await _admit(session, chosen, confirmed=True)
    if member not in done.admitted:
        why = next((join.why for join in done.waiting if join.member == member), sentence("they do not ask any more"))
        raise RefusedError(sentence("They were not let in: %(why)s.", why=why), code="not-admitted")
    return done


async def asking(session: Session) -> list[WaitingJoin]:
    """Who asks to be let in where one can let people in; nobody where one cannot. Raises: OfflineError, ProofError."""
    found = []
    for view in await _able(session):
        me = session.need_to_be_in(view)
        joins = await session.transport.joins(view.space) if any(view.chain.invitations.keys()) else []
        found += [waiting_join(view, each, me.role, misfit=False) for each in applicants(session, view, joins)]
    return found


async def _admit(session: Session, ready: Callable[[Applicant], bool], *, confirmed: bool) -> Admitted:
    session.need_server()
    done = [await _admit_into(session, view, ready, confirmed=confirmed) for view in await _open_to(session)]
    return Admitted(
        admitted=[member for part in done for member in part.admitted],
        names=[name for part in done for name in part.names],
        waiting=[join for part in done for join in part.waiting],
    )


async def _open_to(session: Session) -> list[SpaceView]:
    """The coalition and open calls that one can let people into; who came into a closed one would take it for open.

    Raises: RefusedError if there is none.
    """
    able = await _able(session)
    if not able:
        raise RefusedError("Only owners and chairs let people in, and you are neither.", code="no-right")
    return able


async def _able(session: Session) -> list[SpaceView]:
    views = [await session.synced(space) for space in session.spaces()]
    views = [view for view in views if view.chain.heads and phase(view) == "open"]
    return [view for view in views if view.me is not None and may(view.me.role, Action.ADMIT, "member")]


async def _admit_into(
    session: Session, view: SpaceView, wanted: Callable[[Applicant], bool], *, confirmed: bool
) -> Admitted:
    space, me = view.space, session.need_to_be_in(view)
    joins = await session.transport.joins(space) if any(view.chain.invitations.keys()) else []
    chosen: list[Applicant] = []

    def ready(applicant: Applicant) -> bool:
        return may(me.role, Action.ADMIT, applicant.request.role) and wanted(applicant)

    async def build(view: SpaceView) -> Change:
        chosen[:] = _fitting(session, view, [each for each in applicants(session, view, joins) if ready(each)])
        if not chosen:
            raise NothingToDoError
        return await _labelled(session, view, chosen)

    waiting = applicants(session, view, joins)
    if any(map(ready, waiting)):
        await _let_in(session, space, build)
    view = await session.view(space)
    if confirmed:
        await say_again(session, view)
    inside_by_now = view.chain.roster.members
    inside = {applicant.request.member: applicant.name for applicant in chosen}
    return Admitted(
        admitted=[member.hex() for member in inside],
        names=list(inside.values()),
        waiting=[
            waiting_join(view, applicant, me.role, misfit=ready(applicant))
            for applicant in waiting
            if applicant.request.member not in inside_by_now
        ],
    )


async def _let_in(session: Session, space: bytes, build: Callable[[SpaceView], Awaitable[Change]]) -> None:
    """Let people in; what was written for those who are in now goes out before anybody else comes."""
    with suppress(RefusedError, FileError):
        await session.writer.flush(space)
    with suppress(NothingToDoError):
        await change(session, space, build)


async def admit_watch(session: Session) -> AsyncIterator[Admitted]:
    """Let ordinary members in as they ask, until cancelled; others are named once."""
    named: set[str] = set()
    while True:
        try:
            if session.reached or await session.reach():
                result = await admit(session, confirmed=False)
                news = [join for join in result.waiting if join.member not in named]
                named.update(join.member for join in news)
                if result.admitted or news:
                    yield Admitted(admitted=result.admitted, names=result.names, waiting=news)
        except OfflineError as error:
            session.line.lost(error)
        async with session.resting():
            await asyncio.sleep(LOOK)


def _fitting(session: Session, view: SpaceView, applicants: list[Applicant]) -> list[Applicant]:
    """Those who can be let in together, tried one by one, so that nobody's bad keys keep out the others (row M10)."""
    fitting: list[Applicant] = []
    for applicant in applicants:
        change, identities = _change([*fitting, applicant], view)
        try:
            judge(view.chain, session.member, session.device.id, change, identities)
        except InvalidError:
            continue
        fitting.append(applicant)
    return fitting


def _change(applicants: list[Applicant], view: SpaceView) -> tuple[e.Admit, tuple[bytes, ...]]:
    ordered = sorted(applicants, key=lambda applicant: applicant.request.member)
    admissions = [
        e.Admission(
            applicant.request.member,
            applicant.request.identity,
            [],
            applicant.request.role,
            (applicant.note.ends or usual_end(view)) if applicant.request.role == "guest" else None,
            e.Joining(applicant.join.request),
        )
        for applicant in ordered
    ]
    known = view.chain.roster.known
    return e.Admit(admissions), tuple(item for applicant in ordered for item in _new(applicant, known))


async def _labelled(session: Session, view: SpaceView, applicants: list[Applicant]) -> Change:
    """The change with what it says under seal: in a call, for guests too, and for new guests of everybody."""
    change, identities = _change(applicants, view)
    names = {
        a.request.member: MemberName(a.request.member, a.name, a.note.organisation, a.note.org) for a in applicants
    }
    if view.chain.kind == "coalition":
        return Change(change, captions(names=list(names.values())), identities)
    guests = any(applicant.request.role == "guest" for applicant in applicants)
    everybody = view.chain.roster.members if guests else ()
    aliases = await called(session, view, {*names, *everybody}, names)
    title = view.state.title if guests else ""
    return Change(change, captions(title, list(names.values()), aliases=aliases), identities)


def _new(applicant: Applicant, known: Mapping[bytes, object]) -> tuple[bytes, ...]:
    """The identity entries that must travel; somebody who was here before is known already."""
    return () if applicant.request.member in known else applicant.join.identity
