"""Who could read a record: who held its key, and of whom it is known that they were told of it. Pure."""

from collections.abc import Iterable

from securecall.roster import Member, Roster
from securecall_client.work.state import Origin, State


def could_open(rosters: Iterable[tuple[int, Roster]], origin: Origin) -> set[bytes]:
    """Everybody who was in the space at its place or since, and was given a key to it: all but some guests.

    ``rosters`` are place and roster wherever it changed, oldest first, up to the place of interest.
    """
    holders: set[bytes] = set()
    for seq, roster in rosters:
        if seq <= origin.seq:
            holders.clear()
        holders |= {member.member for member in roster.members.values() if _holds(member, origin)}
    return holders


def _holds(member: Member, origin: Origin) -> bool:
    return member.role != "guest" or (origin.circle == "everyone" and member.since <= origin.epoch)


def had_seen(state: State, seq: int) -> set[bytes]:
    """Whose own items show that their computer had the place ``seq``."""
    return {member for member, (seen, _) in state.heard.items() if seen >= seq}
