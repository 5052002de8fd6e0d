"""Ending a call for good, and giving it another owner when none answers any more (protocol 5.6)."""

from securecall import entries as e
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.named import find_member, the_call, the_space
from securecall_client.acts.rights import need_owner, phase
from securecall_client.changing import Change, change
from securecall_client.errors import RefusedError
from securecall_client.results.calls import CallState, Claimed
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_keys.labels import Labels


async def destroy_call(session: Session, call: str) -> CallState:
    """Destroy a call or a pair: the server deletes at once, everybody's computer after a week.

    Raises: NotFoundError, RefusedError, OfflineError, ProofError.
    """
    view = await the_space(session, call, "call", "pair")
    need_owner(session, view, sentence("destroy it"))

    async def build(_view: SpaceView) -> Change:
        return Change(e.Destroy(), Labels())

    title = view.state.title
    view = await change(session, view.space, build)
    until = None if view.until is None else clock.iso(view.until)
    return CallState(call=view.space.hex(), title=title, state=phase(view), saved="server", until=until)


async def claim_call(session: Session, call: str, person: str) -> Claimed:
    """Claim that somebody should become owner; they are once more than half of all but guests claim it.

    Raises: NotFoundError, RefusedError, OfflineError, ProofError.
    """
    view = await the_call(session, call)
    if session.role_in(view) == "owner":
        raise RefusedError("You are an owner yourself.", hint="Give them the role: securecall call role.", code="owner")
    member = find_member(view, person)
    needed = len(view.chain.roster.electors()) // 2 + 1

    async def build(view: SpaceView) -> Change:
        if session.member in view.chain.roster.claims:
            raise RefusedError(
                sentence(
                    "You have claimed already, for %(claims)s.",
                    claims=view.state.name(view.chain.roster.claims[session.member]),
                ),
                hint="A claim stands until an owner does something in the call.",
                code="duplicate",
            )
        return Change(e.Claim(member), Labels())

    roster = (await change(session, view.space, build)).chain.roster
    role = roster.members[member].role
    claims = needed if role == "owner" else sum(claimed == member for claimed in roster.claims.values())
    return Claimed(claims=claims, needed=needed, role=role)
