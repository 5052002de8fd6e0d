"""Who may do what: one table, enforced by server and clients apart (protocol 5; rows M07, R03).

A right is a function of the role that the author has at the place of the item, what is done, and whom it
is done to. What the table does not name is refused.
"""

from enum import StrEnum
from typing import Final, Literal

from securecall.errors import InvalidError, Problem
from securecall.sentences import sentence

Role = Literal["owner", "chair", "member", "guest"]
"""owner (secretariat), chair (co-chair, facilitator), member (ally, focal point), guest (one call)."""
KEEPERS: Final[tuple[Role, ...]] = ("owner", "chair")
"""Those who keep a space: its names, its exercises, its people."""
Target = Literal["owner", "chair", "member", "guest", "self", "space"]
"""Whom it is done to: someone of that role, oneself, or the space as a whole."""
Circle = Literal["everyone", "allies"]
"""Who can open a record: everyone in the space, or all but guests."""
CIRCLES: Final[tuple[Circle, ...]] = ("allies", "everyone")


class Action(StrEnum):
    """Everything that a right is needed for."""

    INVITE = "invite"
    REVOKE_INVITE = "revoke_invite"
    ADMIT = "admit"
    REMOVE = "remove"
    SET_ROLE = "set_role"
    DEVICES = "devices"
    BAR = "bar"
    ROTATE = "rotate"
    RELABEL = "relabel"
    LEAVE = "leave"
    CLAIM = "claim"
    SERVER = "server"
    DESTROY = "destroy"
    WRITE_EVERYONE = "write for everyone"
    WRITE_ALLIES = "write for allies"
    DROP = "drop a blob of"
    CREATE_TEAM = "create a team under"
    CREATE_CALL = "create a call under"
    CREATE_PAIR = "create a pair under"


_ANYONE: frozenset[Target] = frozenset({"owner", "chair", "member", "guest"})
_ORDINARY: frozenset[Target] = frozenset({"member", "guest"})
_ALLIES: frozenset[Target] = frozenset({"owner", "chair", "member"})
_GUESTS: frozenset[Target] = frozenset({"guest"})
_SELF: frozenset[Target] = frozenset({"self"})
_SPACE: frozenset[Target] = frozenset({"space"})

TABLE: dict[Action, dict[Role, frozenset[Target]]] = {
    Action.INVITE: {"owner": _ANYONE, "chair": _ORDINARY},
    Action.REVOKE_INVITE: {"owner": _ANYONE, "chair": _ORDINARY},
    Action.ADMIT: {"owner": _ANYONE, "chair": _ORDINARY},
    Action.REMOVE: {"owner": _ANYONE, "chair": _ORDINARY, "member": _GUESTS},
    Action.SET_ROLE: {"owner": _ANYONE},
    Action.DEVICES: {"owner": _SELF, "chair": _SELF, "member": _SELF, "guest": _SELF},
    Action.BAR: {"owner": _ANYONE | _SELF, "chair": _ORDINARY | _SELF, "member": _GUESTS},
    Action.ROTATE: {"owner": _SPACE, "chair": _SPACE, "member": _SPACE},
    Action.RELABEL: {"owner": _ANYONE | _SELF, "chair": _ANYONE | _SELF, "member": _SELF, "guest": _SELF},
    Action.LEAVE: {"owner": _SELF, "chair": _SELF, "member": _SELF, "guest": _SELF},
    Action.CLAIM: {"owner": _ALLIES | _SELF, "chair": _ALLIES | _SELF, "member": _ALLIES | _SELF},
    Action.SERVER: {"owner": _SPACE},
    Action.DESTROY: {"owner": _SPACE},
    Action.WRITE_EVERYONE: {"owner": _SPACE, "chair": _SPACE, "member": _SPACE, "guest": _SPACE},
    Action.WRITE_ALLIES: {"owner": _SPACE, "chair": _SPACE, "member": _SPACE},
    Action.DROP: {"owner": _ANYONE | _SELF, "chair": _ANYONE | _SELF, "member": _SELF, "guest": _SELF},
    Action.CREATE_TEAM: {"owner": _SPACE},
    Action.CREATE_CALL: {"owner": _SPACE, "chair": _SPACE},
    Action.CREATE_PAIR: {"owner": _SPACE, "chair": _SPACE, "member": _SPACE},
}


def may(role: Role, action: Action, target: Target) -> bool:
    """Whether someone of ``role`` may do ``action`` to ``target``."""
    return target in TABLE[action].get(role, frozenset())


def check_right(role: Role, action: Action, target: Target) -> None:
    """Raise InvalidError (`Problem.NO_RIGHT`) unless someone of ``role`` may do this to ``target``."""
    if not may(role, action, target):
        raise InvalidError(
            Problem.NO_RIGHT,
            sentence("a %(role)s may not %(action)s (%(target)s)", role=role, action=action, target=target),
        )
