"""The public side of epochs: when one starts, who exactly is granted its keys (protocol 6; rows S04, R07).

Recipients are a validity rule: an entry lists a grant for every device that must have one and for no
other, and the kind follows the role. What a grant holds is checked by whoever opens it.
"""

from collections.abc import Mapping
from itertools import pairwise

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.roster import Roster
from securecall.sentences import sentence


def starts_epoch(change: e.Change, before: Roster) -> bool:
    """Whether the rules make ``change`` start an epoch."""
    match change:
        case e.Create() | e.Remove() | e.Rotate():
            return True
        case e.Admit(admissions=admissions):
            return any(admission.role == "guest" for admission in admissions)
        case e.SetRole(roles=roles):
            return any(new.role == "guest" for new in roles if new.member in before.members)
        case _:
            return False


def check_start(start: e.Start | None, wanted: bool, epoch: int, commits: Mapping[int, bytes]) -> None:
    """Check an entry's `Start` against the epoch it must begin (``epoch``) and all commitments before it.

    Raises: InvalidError (`Problem.BAD_EPOCH`).
    """
    if (start is not None) != wanted:
        raise InvalidError(Problem.BAD_EPOCH, "an epoch started without need, or not where it must be")
    if start is None:
        return
    if start.epoch != epoch:
        raise InvalidError(
            Problem.BAD_EPOCH, sentence("epoch %(epoch)s where %(epoch2)s must follow", epoch=start.epoch, epoch2=epoch)
        )
    if start.commit in commits.values():
        raise InvalidError(Problem.BAD_EPOCH, "an epoch with the keys of an older one")
    linked = [link.epoch for link in start.links]
    if linked[:1] != ([epoch - 1] if epoch else []):
        raise InvalidError(Problem.BAD_EPOCH, "an epoch that does not link to the one before it")
    if any(a <= b for a, b in pairwise(linked)):
        raise InvalidError(Problem.BAD_EPOCH, "links that are not descending")


def wanted_grants(change: e.Change, before: Roster, after: Roster) -> dict[bytes, e.GrantKind]:
    """The devices, ascending, that an entry must grant to, with kinds, if it starts no epoch."""
    if not isinstance(change, e.Admit | e.Devices | e.SetRole):
        return {}
    had = before.recipients()
    return {device: kind for device, kind in after.recipients().items() if had.get(device) != kind}


def check_grants(lines: list[e.GrantLine], wanted: Mapping[bytes, e.GrantKind]) -> None:
    """Check that ``lines`` names exactly the devices of ``wanted``, in order and kind.

    Raises: InvalidError (`Problem.BAD_GRANTS`).
    """
    if [(line.device, line.kind) for line in lines] != list(wanted.items()):
        raise InvalidError(Problem.BAD_GRANTS, "grants that are not exactly those the roster calls for")
