"""A second client's judgement of a chain, from `docs/protocol.md` with nothing of ours (sections 5, 8, 13)."""

from tests.vectors.page import CAPS, RIGHTS, Message
from tests.vectors.stranger import ZERO, digest, signed
from tests.vectors.stranger_changes import CHANGES, Roster
from tests.vectors.stranger_identity import Identity, need

CIRCLES = ("", "everyone", "allies")
STARTS = ("create", "remove", "rotate")


class Chain(Roster):
    """A space's chain, as far as it was accepted."""

    def __init__(self, space: bytes) -> None:
        super().__init__(space)
        self.heads, self.latest, self.number, self.latest_seq = list[bytes](), ZERO, -1, 0
        self.epoch, self.commits, self.starts = -1, dict[int, bytes](), dict[int, int]()
        self.due = False
        self.counts, self.ids = dict[tuple[bytes, str], int](), set[tuple[bytes, bytes]]()
        self.blobs, self.dropped = dict[bytes, bytes](), set[bytes]()

    def append(self, class_: int, item: bytes, identities: list[bytes]) -> Message:
        """Judge and take over the next item; the head goes on (section 1.4). What is refused ends this object."""
        need(not self.destroyed, "destroyed")
        if class_ == 0:
            message, key, own, payload = signed(item, "entry", "Entry", CAPS["ENTRY_BYTES"])
            self._entry(message["body"], key, own, payload, identities)
        else:
            need(self.heads, "malformed")
            message, key, own, _ = signed(item, "record", "Record", CAPS["RECORD_BYTES"])
            self._record(message["header"], key, class_)
        before = self.heads[-1] if self.heads else ZERO
        self.heads.append(digest("head", before, bytes([class_]), own))
        return message

    def seen(self, at: Message) -> None:
        """That ``at`` is a place of this chain with that head."""
        need(at["seq"] < len(self.heads) and self.heads[at["seq"]] == at["head"], "bad-seen")

    def author(self, author: bytes, device: bytes) -> Message:
        """Who writes, and the kind of the device (5.3 rule 7)."""
        need(author in self.members, "not-a-member")
        need(self.counting().get(device, (b"",))[0] == author, "bad-device")
        known = self.members[author]
        return {"role": known["role"], "kind": known["identity"].devices[device]["kind"]}

    def _entry(self, body: Message, key: bytes, own: bytes, payload: bytes, items: list[bytes]) -> None:
        """The rules of section 5.3, in their order."""
        change, first, seq = body["change"], not self.heads, len(self.heads)
        need(body["device"] == key, "bad-device")
        if first:
            need(body["space"] == ZERO and digest("space", payload) == self.space, "wrong-space")
            need((body["number"], body["previous"]) == (0, ZERO), "stale")
            need((body["seen"]["seq"], body["seen"]["head"]) == (0, ZERO), "stale")
        else:
            need(body["space"] == self.space, "wrong-space")
            need(body["number"] == self.number + 1 and body["previous"] == self.latest, "stale")
            self.seen(body["seen"])
            need(body["seen"]["seq"] >= self.latest_seq, "bad-seen")
        need((change[""] == "create") == first, "stale")
        role = "owner" if first else self._right_to_sign(body, change)
        named = [body["author"]] if first else self._named(change)
        starts = change[""] in STARTS or any(
            one["role"] == "guest" for one in change.get("admissions", []) + change.get("roles", [])
        )
        need(first or not self.due or starts or change[""] == "destroy", "rotation-due")
        grown = self._grow(items)
        before = self.counting()
        self.identities, self.running = {**self.known, **grown}, self.epoch + starts
        CHANGES[change[""]](self, body["author"], role, change)
        need(set(grown) <= set(named), "bad-identity")
        self._no_shared_keys(bool(grown))
        after = self.counting()
        if change[""] != "destroy":
            self._check_roster(after)
        self._start(body["start"], starts, seq)
        wanted = after if starts else {}
        if not starts and change[""] in ("admit", "devices", "set_role"):
            wanted = {device: whose for device, whose in after.items() if before.get(device) != whose}
        lines = [(line["device"], line["kind"]) for line in body["grants"]]
        need(lines == [(device, kind) for device, (_, kind) in wanted.items()], "bad-grants")
        self.due = not starts and (
            self.due or change[""] == "leave" or (change[""] == "devices" and not before.keys() <= after.keys())
        )
        if role == "owner":
            self.claims, self.electorate = {}, self.allies()
        self.latest, self.number, self.latest_seq = own, body["number"], seq

    def _right_to_sign(self, body: Message, change: Message) -> str:
        by = self.author(body["author"], body["device"])
        own = change[""] == "devices" and change["member"] == body["author"]
        need(by["kind"] == "computer" or own, "bad-device")
        return str(by["role"])

    def _named(self, change: Message) -> list[bytes]:
        if change[""] == "devices":
            return [change["member"]]
        return [one["member"] for one in change.get("admissions", [])]

    def _grow(self, items: list[bytes]) -> dict[bytes, Identity]:
        need(sum(map(len, items)) <= CAPS["IDENTITIES_BYTES"], "too-large")
        grown = dict[bytes, Identity]()
        for item in items:
            entry, key, own, payload = signed(item, "identity", "IdentityEntry", CAPS["IDENTITY_BYTES"])
            member = entry["member"]
            if entry["number"] == 0:
                need((member, entry["previous"]) == (ZERO, ZERO), "bad-identity")
                member = digest("member", payload)
                need(member not in self.known and member not in grown, "bad-identity")
                grown[member] = Identity(member)
            elif member not in grown:
                need(member in self.known, "bad-identity")
                grown[member] = self.known[member].copy()
            grown[member].take(entry, key, own)
        return grown

    def _no_shared_keys(self, came: bool) -> None:
        keys = [key for identity in self.known.values() for key in identity.announced()]
        need(not came or len(keys) == len(set(keys)), "bad-key")

    def _check_roster(self, after: dict[bytes, tuple[bytes, str]]) -> None:
        owners = {member: known for member, known in self.members.items() if known["role"] == "owner"}
        computers = (
            device
            for device, (member, _) in after.items()
            if member in owners and owners[member]["identity"].devices[device]["kind"] == "computer"
        )
        need(any(computers), "last-owner")
        need(len(self.members) <= CAPS["MEMBERS_PER_SPACE"] and len(after) <= CAPS["DEVICES_PER_SPACE"], "cap")

    def _start(self, start: Message | None, starts: bool, seq: int) -> None:
        need((start is not None) == starts, "bad-epoch")
        if start is None:
            return
        linked = [link["epoch"] for link in start["links"]]
        need(start["epoch"] == self.epoch + 1 and start["commit"] not in self.commits.values(), "bad-epoch")
        need(linked[:1] == ([self.epoch] if self.epoch >= 0 else []), "bad-epoch")
        need(linked == sorted(set(linked), reverse=True), "bad-epoch")
        self.epoch, self.counts = start["epoch"], {}
        self.commits[self.epoch], self.starts[self.epoch] = start["commit"], seq

    def _record(self, header: Message, key: bytes, class_: int) -> None:
        """The rules of section 8.1, in their order."""
        need(header["space"] == self.space, "wrong-space")
        need(header["device"] == key, "bad-device")
        need(header["epoch"] == self.epoch, "bad-epoch")
        self.seen(header["seen"])
        author, circle = header["author"], header["circle"]
        by = self.author(author, header["device"])
        need(by["kind"] == "computer", "bad-device")
        need(not self.due, "rotation-due")
        need(CIRCLES[class_] == circle, "bad-circle")
        need("space" in RIGHTS[f"write for {circle}"][by["role"]], "no-right")
        need(header["n"] == self.counts.get((key, circle), 0), "bad-count")
        need((author, header["id"]) not in self.ids, "duplicate")
        listed = [ref["blob"] for ref in header["blobs"]]
        need(len({*listed, *header["drops"]}) == len(listed) + len(header["drops"]), "bad-blob")
        need(all(b not in self.dropped and self.blobs.get(b, author) == author for b in listed), "bad-blob")
        for blob in header["drops"]:
            need(blob in self.blobs and blob not in self.dropped, "bad-blob")
            owner = self.blobs[blob]
            target = self.members.get(owner, {"role": "member"})["role"]
            need(owner == author or target in RIGHTS["drop a blob of"][by["role"]], "no-right")
        self.counts[key, circle] = header["n"] + 1
        self.ids.add((author, header["id"]))
        self.blobs |= dict.fromkeys(listed, author)
        self.dropped |= set(header["drops"])

    def beat(self, data: bytes) -> Message:
        """The rules of section 13.7, in their order."""
        need(len(data) <= CAPS["BEAT_BYTES"], "too-large")
        need(len(data) == CAPS["BEAT_BYTES"], "malformed")
        beat, key, _, _ = signed(data, "beat", "Beat", CAPS["BEAT_BYTES"])
        header = beat["header"]
        need(header["space"] == self.space and self.kind == "call", "wrong-space")
        need(header["device"] == key, "bad-device")
        need(not self.destroyed, "destroyed")
        need(self.author(header["author"], key)["kind"] == "computer", "bad-device")
        self.seen(header["seen"])
        need(header["epoch"] == self.epoch and header["seen"]["seq"] >= self.starts[self.epoch], "bad-epoch")
        need(not self.due, "rotation-due")
        return beat
