"""A space's chain, verified place by place (protocol 5 to 13): bytes in, a step or an error out, no I/O.

The rules, in the order they are checked for every item:

1. size, signature, encoding (`securecall.wire`);
2. the space is not destroyed, and the item is of this space and by the device that signed it;
3. an entry follows the latest entry (number and digest); a record is of the running epoch;
4. its `seen` is in this chain, and an entry's not before the latest entry;
5. its author is in the space and the device counts there (a sheet signs only `devices`);
6. while a rotation is due, only an entry that starts an epoch, or `destroy`, may follow;
7. an entry: its author has the right, exactly the identity entries it names came along, the roster stays
   sound, and epoch, commitment, links and grants are those the rules call for;
8. a record: its class is its circle, its author may write for it, `n` is next, its id is new, its blobs are
   its author's, and it drops only what its author may drop.

`check` looks and changes nothing; `commit` takes a checked step over. An item that is refused leaves no
trace. The same object serves the server, which must refuse, and the client, which must not believe it.
"""

from collections.abc import Sequence
from dataclasses import replace

from securecall import caps
from securecall import entries as e
from securecall.entry_rules import check_entry, commit_entry
from securecall.errors import InvalidError, Problem
from securecall.labels import Label, digest
from securecall.record_rules import check_record, commit_record
from securecall.records import Record
from securecall.state import ALLIES, ENTRY, EVERYONE, ChainState, Step
from securecall.trie import Trie
from securecall.wire import read


def next_head(head: bytes, kind: int, item: bytes) -> bytes:
    """``SHA-256(label || head before || class || digest of the item)``; the head before place 0 is zero."""
    return digest(Label.HEAD, head, bytes([kind]), item)


class SpaceChain(ChainState):
    """One space's chain as far as it is verified."""

    def append(self, kind: int, item: bytes, identities: Sequence[bytes] = ()) -> Step:
        """Check an item and take it over. Raises: InvalidError, ParentBehindError; then nothing changed."""
        step = self.check(kind, item, identities)
        self.commit(step)
        return step

    def append_absent(self, kind: int, item_digest: bytes) -> Step:
        """Take over a record's place without its bytes. Whether anything excuses that, `withheld` says.

        Raises: InvalidError (`Problem.WITHHELD`) for an entry, which is never absent, and (`Problem.DESTROYED`)
        after the end, where no place follows.
        """
        if self.destroyed:
            raise InvalidError(Problem.DESTROYED, "the space is destroyed")
        if kind not in (EVERYONE, ALLIES) or not self.heads:
            raise InvalidError(Problem.WITHHELD, "an entry whose bytes are absent")
        step = self._step(kind, item_digest, None)
        self.commit(step)
        return step

    def check(self, kind: int, item: bytes, identities: Sequence[bytes] = ()) -> Step:
        """Check an item for the next place. Raises: InvalidError, ParentBehindError."""
        if self.destroyed:
            raise InvalidError(Problem.DESTROYED, "the space is destroyed")
        if kind == ENTRY:
            entry = read(item, Label.ENTRY, e.Entry, caps.ENTRY_BYTES)
            roster, role = check_entry(self, entry, identities)
            return replace(self._step(kind, entry.digest, entry.value), roster=roster, role=role)
        if kind not in (EVERYONE, ALLIES) or identities or not self.heads:
            raise InvalidError(Problem.MALFORMED, "no such class, or identities beside a record")
        record = read(item, Label.RECORD, Record, caps.RECORD_BYTES)
        return replace(self._step(kind, record.digest, record.value), role=check_record(self, kind, record))

    def commit(self, step: Step) -> None:
        """Take over a step that `check` made for this very place."""
        if step.seq != self.next_seq:
            raise RuntimeError("a step for another place")
        self.heads.append(step.head)
        match step.body:
            case e.Entry(body=body):
                commit_entry(self, step, body)
            case Record(header=header):
                commit_record(self, header)
            case None:
                self.absent[step.seq] = step.kind
        roster = step.roster
        if roster is None:
            return
        if step.role == "owner" and step.kind == ENTRY:
            roster = replace(roster, claims=Trie(), electorate=roster.members)
        if not self.rosters or roster is not self.roster:
            self.rosters.append((step.seq, roster))

    def withheld(self, reader: bytes) -> list[int]:
        """Places whose absence nothing excuses toward ``reader``, ascending.

        Excused are a guest's *allies* records, what stands before they became one, everything toward somebody
        who was never in the space, and everything once the space is destroyed.
        """
        stays = (roster.members.get(reader) for _, roster in reversed(self.rosters))
        stay = next((stay for stay in stays if stay is not None), None)
        if self.destroyed or stay is None:
            return []
        if stay.role != "guest":
            return sorted(self.absent)
        came = self.starts[stay.since]
        return sorted(seq for seq, kind in self.absent.items() if kind == EVERYONE and seq > came)

    def _step(self, kind: int, item: bytes, body: e.Entry | Record | None) -> Step:
        roster = self.rosters[-1][1] if self.rosters else None
        return Step(self.next_seq, kind, item, next_head(self.head, kind, item), body, roster, None)
