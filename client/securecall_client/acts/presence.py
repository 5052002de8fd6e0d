"""Who is in a call right now, who writes, and whether anybody confirms the head: as events, from beats."""

from collections.abc import Iterator

from securecall_client.acts.status import confirmers
from securecall_client.live import Live
from securecall_client.session import Session
from securecall_client.view import SpaceView

Event = dict[str, object]


class Company:
    """What was told last, so that only what has changed is told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._here: dict[bytes, bool] = {}
        self._confirmed = False

    async def events(self, line: Live) -> list[Event]:
        """What has changed since it was asked last."""
        view = await self._session.view(line.space)
        here = line.beating.company(view, line.now)
        told = [*self._presence(view, here), *self._confirmation(view, now=line.beating.is_confirmed(view, line.now))]
        self._here = here
        return told

    def _presence(self, view: SpaceView, here: dict[bytes, bool]) -> Iterator[Event]:
        members, names = view.chain.roster.members, view.state.name
        for member in sorted(here.keys() - self._here.keys()):
            yield {"event": "present", "member": member.hex(), "name": names(member)}
        for member in sorted(self._here.keys() - here.keys()):
            if member in members:
                yield {"event": "away", "member": member.hex(), "name": names(member)}
        for member in sorted(here):
            if here[member] != self._here.get(member, False):
                kind = "writing" if here[member] else "not_writing"
                yield {"event": kind, "member": member.hex(), "name": names(member)}

    def _confirmation(self, view: SpaceView, *, now: bool) -> Iterator[Event]:
        people = confirmers(view, self._session.member) if now else []
        before, self._confirmed = self._confirmed, bool(people)
        if people and not before:
            yield {
                "event": "confirmed",
                "seq": max(one.seq for one in people),
                "confirmed_by": [{"member": one.member, "name": one.name} for one in people],
                "others": len(view.chain.roster.members.keys() - {self._session.member}),
            }
        elif before and not people:
            yield {"event": "unconfirmed"}
