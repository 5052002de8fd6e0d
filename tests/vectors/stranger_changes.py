"""Who is in a space, and what the thirteen changes do, from `docs/protocol.md` with nothing of ours (5.2, 5.4)."""

from collections.abc import Callable
from typing import Any

from tests.vectors.page import CAPS, RIGHTS, Message
from tests.vectors.stranger import signed
from tests.vectors.stranger_identity import Identity, need, sound


class Roster:
    """The roster after the entries so far. ``members``: id to role, identity, bars, first epoch. Each change refuses,
    or changes it.
    """

    def __init__(self, space: bytes) -> None:
        self.space, self.kind = space, ""
        self.members, self.known = dict[bytes, Message](), dict[bytes, Identity]()
        self.invites, self.invited = dict[bytes, Message](), set[bytes]()
        self.claims, self.electorate = dict[bytes, bytes](), set[bytes]()
        self.destroyed = False
        self.identities, self.running = dict[bytes, Identity](), -1
        """For the next entry: all identities that it may name, and the epoch that runs after it."""

    def counting(self) -> dict[bytes, tuple[bytes, str]]:
        """Devices that count, ascending: whose they are, and the kind of their grant."""
        return {
            device: (member, "everyone" if known["role"] == "guest" else "seed")
            for device, member, known in sorted(
                (device, member, known)
                for member, known in self.members.items()
                for device in known["identity"].live() - known["barred"]
            )
        }

    def allies(self) -> set[bytes]:
        return {member for member, known in self.members.items() if known["role"] != "guest"}

    def right(self, action: str, author: bytes, role: str, target: bytes) -> None:
        """The right toward a member (section 5.4)."""
        need(target in self.members, "bad-target")
        aim = "self" if target == author else self.members[target]["role"]
        need(aim in RIGHTS[action][role], "no-right")

    def identity(self, member: bytes, head: bytes, barred: list[bytes]) -> Identity:
        """An identity at the head that an entry names, and bars on live devices of it."""
        identity = self.identities.get(member)
        need(identity is not None and identity.head == head, "bad-identity")
        assert identity is not None
        ascending(barred)
        need(set(barred) <= identity.live(), "bad-target")
        return identity

    def put(self, member: bytes, role: str, identity: Identity, barred: list[bytes]) -> None:
        since = self.running if role == "guest" else 0
        self.members[member] = {"role": role, "identity": identity, "barred": set(barred), "since": since}
        self.known[member] = identity

    def create(self, author: bytes, _role: str, change: Message) -> None:
        need(set(self.identities) == {author}, "bad-identity")
        self.kind = change["kind"]
        self.put(author, "owner", self.identity(author, change["identity"], change["barred"]), change["barred"])
        need((change["parent"] is None) == (self.kind == "coalition"), "bad-parent")

    def invite(self, author: bytes, role: str, change: Message) -> None:
        for invitee in change["invitees"]:
            need(invitee["role"] in RIGHTS["invite"][role], "no-right")
            need(invitee["role"] != "guest" or self.kind == "call", "bad-target")
            need(invitee["key"] not in self.invited, "duplicate")
            sound(invitee["key"])
            self.invited.add(invitee["key"])
            self.invites[invitee["key"]] = {"role": invitee["role"], "by": author}

    def revoke_invite(self, _author: bytes, role: str, change: Message) -> None:
        ascending(change["keys"])
        for key in change["keys"]:
            need(key in self.invites, "bad-invite")
            need(self.invites.pop(key)["role"] in RIGHTS["revoke_invite"][role], "no-right")

    def admit(self, _author: bytes, role: str, change: Message) -> None:
        ascending([one["member"] for one in change["admissions"]])
        for one in change["admissions"]:
            need(one["member"] not in self.members, "bad-target")
            need(one["role"] in RIGHTS["admit"][role], "no-right")
            self.stay(one)
            identity = self.identity(one["member"], one["identity"], one["barred"])
            if one["via"][""] == "join":
                asked, key, _, _ = signed(one["via"]["request"], "join", "JoinRequest", CAPS["JOIN_BYTES"])
                note = self.invites.pop(key, None)
                by = self.members.get(note["by"]) if note else None
                need(note and by and note["role"] in RIGHTS["invite"][by["role"]], "bad-invite")
                wanted = [self.space, one["role"], one["member"], one["identity"]]
                same = [asked[name] for name in ("space", "role", "member", "identity")] == wanted
                need(same and note is not None and note["role"] == one["role"], "bad-invite")
            else:
                need(self.kind != "coalition", "bad-parent")
            self.put(one["member"], one["role"], identity, one["barred"])

    def stay(self, one: Message) -> None:
        need(one["role"] != "guest" or self.kind == "call", "bad-target")
        need((one["ends"] is not None) == (one["role"] == "guest"), "bad-target")

    def remove(self, author: bytes, role: str, change: Message) -> None:
        ascending(change["members"])
        for member in change["members"]:
            need(member in self.members and member != author, "bad-target")
            self.right("remove", author, role, member)
            del self.members[member]
        self.forget_claims()

    def set_role(self, author: bytes, role: str, change: Message) -> None:
        ascending([one["member"] for one in change["roles"]])
        for one in change["roles"]:
            known = self.members.get(one["member"])
            need(known is not None, "bad-target")
            assert known is not None
            need(known["role"] in RIGHTS["set_role"][role], "no-right")
            self.stay(one)
            need(
                known["role"] != one["role"] and not (one["member"] == author and one["role"] == "guest"), "bad-target"
            )
            known |= {"role": one["role"], "since": self.running if one["role"] == "guest" else 0}
        self.forget_claims()

    def devices(self, author: bytes, role: str, change: Message) -> None:
        member, barred = change["member"], change["barred"]
        need(member in self.members, "bad-target")
        old = self.members[member]
        identity = self.identity(member, change["identity"], barred)
        covered = set(old["barred"])
        for device, known in identity.devices.items():
            covered |= {device} if known["at"] > old["identity"].number and known["by"] in covered else set()
        must = covered & identity.live()
        need(must <= set(barred), "bad-target")
        self.right("bar" if set(barred) - must else "devices", author, role, member)
        old |= {"identity": identity, "barred": set(barred)}
        self.known[member] = identity

    def relabel(self, author: bytes, role: str, change: Message) -> None:
        ascending(change["members"])
        for member in change["members"]:
            self.right("relabel", author, role, member)

    def leave(self, author: bytes, role: str, _change: Message) -> None:
        self.right("leave", author, role, author)
        del self.members[author]
        self.electorate -= {author}
        self.forget_claims()

    def claim(self, author: bytes, role: str, change: Message) -> None:
        member = change["member"]
        self.right("claim", author, role, member)
        need(author not in self.claims, "duplicate")
        need(author in self.electorate, "no-right")
        self.claims[author] = member
        if 2 * list(self.claims.values()).count(member) > len(self.electorate):
            self.members[member]["role"], self.claims = "owner", {}

    def forget_claims(self) -> None:
        allies = self.allies()
        self.claims = {by: member for by, member in self.claims.items() if {by, member} <= allies}

    def of_the_space(self, _author: bytes, role: str, change: Message) -> None:
        """`rotate`, `server` and `destroy`."""
        need("space" in RIGHTS[change[""]][role], "no-right")
        self.destroyed = change[""] == "destroy"


def ascending(ids: list[bytes]) -> None:
    """A list of ids in the one order."""
    need(ids == sorted(set(ids)), "malformed")


CHANGES: dict[str, Callable[[Roster, bytes, str, Message], Any]] = {
    "create": Roster.create,
    "invite": Roster.invite,
    "revoke_invite": Roster.revoke_invite,
    "admit": Roster.admit,
    "remove": Roster.remove,
    "set_role": Roster.set_role,
    "devices": Roster.devices,
    "relabel": Roster.relabel,
    "leave": Roster.leave,
    "claim": Roster.claim,
    "rotate": Roster.of_the_space,
    "server": Roster.of_the_space,
    "destroy": Roster.of_the_space,
}
