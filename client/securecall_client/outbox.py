"""The outbox: what a person wrote is sealed here at once, and leaves when the server is reached (protocol 8).

A record gets its epoch and its number only when it is first sent; from then on the very same bytes are sent
until the verified chain has them, or shows that their epoch ended without them. Ids make resending harmless.
"""

from collections.abc import Container
from dataclasses import dataclass
from functools import partial

from msgspec import structs

from securecall.caps import RECORD_BYTES
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.records import Record
from securecall.sentences import sentence
from securecall.state import CLASS_OF
from securecall.wire import encode, read
from securecall_client import content, receipts
from securecall_client.blobs import BlobStore
from securecall_client.errors import FileError, RefusedError
from securecall_client.outgoing import Outgoing, Sealer, newcomers
from securecall_client.own import read_own
from securecall_client.progress import Say
from securecall_client.refusals import refused
from securecall_client.replica import Replica, Waiting
from securecall_client.sealed_answers import needs_key, sealed_exercise
from securecall_client.transport import Place, Transport
from securecall_client.view import SpaceView
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.device import DeviceKeys
from securecall_keys.primitives import seal

_PAUSED = "paused"
_BLOB = 16
"""Bytes of a blob's id."""
AGAIN = frozenset({"bad-epoch", "rotation-due", "bad-count", "duplicate", "stale"})
"""Refusals that mean: the chain has moved; look at it and try again."""


@dataclass(frozen=True, slots=True)
class Held:
    """Records for everyone that wait for their author's word, since these guests came after they were written."""

    records: frozenset[bytes]
    guests: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A record with files that waits; ``begun`` once its signed bytes were made, so that the server may have it."""

    space: bytes
    record: bytes
    outgoing: Outgoing
    begun: bool


def _context(record: bytes) -> bytes:
    return context_bytes(StorageContext("outbox", record.hex()))


def _breaks_rules(view: SpaceView, kind: int, item: bytes) -> bool:
    """Whether our own rules refuse an item for good; the server's word alone throws nothing away."""
    try:
        view.chain.check(kind, item)
    except InvalidError as error:
        return error.problem not in AGAIN
    return False


class Outbox:
    """The outbox of one profile."""

    def __init__(self, replica: Replica, device: DeviceKeys, member: bytes, blobs: BlobStore, say: Say) -> None:
        self._replica, self._device, self._member, self._blobs, self._say = replica, device, member, blobs, say
        self._sealer = Sealer(device, member)
        self.carried: set[bytes] | None = None
        """The blobs that somebody brought to the server, where somebody does so who does not hold the profile for it:
        a record whose files are not all there waits for them. None where nobody does."""

    async def put(self, space: bytes, record: bytes, outgoing: Outgoing) -> None:
        """Seal and keep; durable when it returns."""
        body = seal(self._device.storage, encode(outgoing), _context(record))
        await self._replica.enqueue(space, record, body)

    async def listing(self) -> list[tuple[bytes, Outgoing]]:
        """Space and content of everything that waits, oldest first."""
        return [(waiting.space, self._open(waiting)) for waiting in await self._replica.waiting()]

    async def leaving(self) -> list[Leaving]:
        """What waits that has files, oldest first."""
        waits = [(waiting, self._open(waiting)) for waiting in await self._replica.waiting()]
        return [
            Leaving(waiting.space, waiting.record, outgoing, waiting.item is not None)
            for waiting, outgoing in waits
            if outgoing.blobs
        ]

    async def call_back(self, leaving: Leaving) -> None:
        """Forget what waits, with its files: as if it had never been said. Only of what is not ``begun``."""
        await self._replica.done(leaving.record)
        for ref in leaving.outgoing.blobs:
            self._blobs.forget(ref.blob)

    async def paused(self) -> frozenset[bytes]:
        """The files (their blobs) that a person holds back until they say otherwise."""
        kept = await self._replica.meta(_PAUSED) or b""
        return frozenset(kept[at : at + _BLOB] for at in range(0, len(kept), _BLOB))

    async def pause(self, blob: bytes, *, paused: bool) -> None:
        """Hold a file back, or let it go; those that wait no longer are forgotten."""
        waiting = {ref.blob for leaving in await self.leaving() for ref in leaving.outgoing.blobs}
        held = (await self.paused() | {blob} if paused else await self.paused() - {blob}) & waiting
        await self._replica.set_meta(_PAUSED, b"".join(sorted(held)))

    async def tidy(self) -> None:
        """Drop the chunks that nothing waits for: whatever cut a command short left them. Nothing may be at work."""
        if self._blobs.any() and not await self._replica.refusals():
            waiting = [ref.blob for _, outgoing in await self.listing() for ref in outgoing.blobs]
            self._blobs.forget_all_but(waiting)

    async def held(self, view: SpaceView, knows: int) -> Held:
        """What waits for its author's word, who knew of the guests up to the place ``knows``."""
        records, guests = set(), set()
        for waiting in await self._replica.waiting(view.space):
            came = newcomers(view, self._open(waiting), knows)
            records.update([waiting.record] if came else [])
            guests.update(came)
        return Held(frozenset(records), frozenset(guests))

    async def keyless(self, view: SpaceView) -> frozenset[bytes]:
        """The answers that wait until their sealed exercise has a key that none but its facilitators hold."""
        records = set()
        for waiting in await self._replica.waiting(view.space):
            exercise = sealed_exercise(view.state, content.read(self._open(waiting).content)[1])
            if exercise is None or not needs_key(view.state, view.chain.roster, exercise):
                continue
            if self._sealer.made(view, waiting.item, self._open(waiting)) is None:
                records.add(waiting.record)
        return frozenset(records)

    async def send(
        self, view: SpaceView, transport: Transport, *, only_empty: bool = False, but: Container[bytes] = ()
    ) -> bool:
        """Send what waits for a space but the records ``but``, oldest first; with ``only_empty``, only records that say
        nothing.

        What was to drop blobs that others have dropped meanwhile has nothing left to do.

        Returns whether all that was sent stands in the view now. It does not where others' items came before
        it, which the view does not have yet; the caller syncs and calls again.

        Raises: OfflineError (what is left waits), ProofError, and once the others are sent RefusedError or FileError
        of the first that could not be (it waits on, or is set aside where our own rules refuse it too). The caller
        has synced the view, and syncs and calls again upon `AGAIN`.
        """
        taken_over = True
        failed: list[RefusedError | FileError] = []
        for waiting in await self._replica.waiting(view.space):
            if (self._member, waiting.record) in view.chain.ids:
                await self._finish(waiting)
                continue
            outgoing = self._open(waiting)
            drops = [blob for blob in outgoing.drops if blob not in view.chain.dropped]
            if outgoing.drops and not drops:
                await self._finish(waiting)
                continue
            if waiting.record in but or (only_empty and not content.is_empty(outgoing.content)):
                continue
            if self.carried is not None and not {ref.blob for ref in outgoing.blobs} <= self.carried:
                continue
            try:
                await self._upload(view.space, outgoing, transport)
                item = await self._item(view, waiting, structs.replace(outgoing, drops=drops))
                taken_over &= await self._send(view, transport, waiting, item)
            except (RefusedError, FileError) as error:
                if error.code in AGAIN:
                    raise
                if isinstance(error, FileError):
                    await self._replica.refuse(waiting.record, error.code)
                failed.append(error)
        if failed:
            raise failed[0]
        return taken_over

    async def _upload(self, space: bytes, outgoing: Outgoing, transport: Transport) -> None:
        body = content.document(content.read(outgoing.content)[1])
        name = body.name if body is not None else "a file"
        for ref in outgoing.blobs:
            await self._blobs.upload(
                space, ref, transport, partial(self._say.progress, sentence("Sending %(name)s", name=name))
            )

    async def _send(self, view: SpaceView, transport: Transport, waiting: Waiting, item: bytes) -> bool:
        record = read(item, Label.RECORD, Record, RECORD_BYTES)
        kind = CLASS_OF[record.value.header.circle]
        try:
            reply = await transport.append(view.space, kind, item)
        except RefusedError as error:
            breaks = error.code not in AGAIN and _breaks_rules(view, kind, item)
            if breaks:
                await self._replica.refuse(waiting.record, error.code)
            elif error.code == Problem.BAD_BLOB and record.value.header.drops:
                # As far as is known here it could be dropped: somebody else was first.
                raise refused(Problem.STALE) from error
            raise
        statement = receipts.check_receipt(view, kind, record.digest, reply)
        await receipts.keep_receipt(view, self._replica, statement, reply.statement)
        if reply.seq != view.chain.next_seq:
            return False
        place = Place(kind, record.digest, item, ())
        view.place(place, {})
        await self._replica.append(view.space, reply.seq, [place], [])
        await self._replica.keep_signed(view.space, reply.seq, reply.statement)
        await self._finish(waiting)
        return True

    async def _item(self, view: SpaceView, waiting: Waiting, outgoing: Outgoing) -> bytes:
        """The record's signed bytes: those made before, or new ones if their epoch or number is gone."""
        made = self._sealer.made(view, waiting.item, outgoing)
        if made is not None:
            return made
        item = self._sealer.make(view, waiting.record, outgoing)
        await self._replica.set_item(waiting.record, item)
        return item

    async def _finish(self, waiting: Waiting) -> None:
        for ref in self._open(waiting).blobs:
            self._blobs.forget(ref.blob)
        await self._replica.done(waiting.record)

    def _open(self, waiting: Waiting) -> Outgoing:
        return read_own(self._device.storage, waiting.body, _context(waiting.record), Outgoing, RECORD_BYTES)
