"""Who one is, and who else is in the coalition."""

from securecall_client.results.people import MemberLine, Members, Whoami
from securecall_client.session import Session
from securecall_client.view import SpaceView


async def whoami(session: Session) -> Whoami:
    """Oneself, as the coalition knows one."""
    view = await session.synced(session.coalition)
    me = view.chain.roster.members[session.member]
    return Whoami(
        member=session.member.hex(),
        device=session.device.id.hex(),
        name=view.state.name(session.member),
        org=view.state.org(session.member),
        role=me.role,
    )


async def members(session: Session) -> Members:
    """The coalition's members, by name."""
    view = await session.synced(session.coalition)
    return Members(members=sorted(_lines(view), key=lambda line: (line.name.casefold(), line.member)))


def _lines(view: SpaceView) -> list[MemberLine]:
    return [
        MemberLine(
            member=member.member.hex(),
            name=view.state.name(member.member),
            org=view.state.org(member.member),
            role=member.role,
            devices=len(member.devices()),
        )
        for member in view.chain.roster.members.values()
    ]
