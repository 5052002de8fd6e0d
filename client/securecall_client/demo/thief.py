"""An attack: a seized profile with all its keys against a copy of the server's whole store.

Nothing here asks whether a key is meant for what it is tried on. Whatever is sealed in the store is tried with
every key that the profile holds or can derive, so that what stays closed stays closed for want of a key.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from securecall import entries as e
from securecall.records import Record
from securecall.rights import Circle
from securecall.wire import encode
from securecall_client import content
from securecall_client.demo.store import Store
from securecall_client.profile import Lock, Profile
from securecall_client.sealed_answers import held_halves
from securecall_client.sealed_kinds import SealedAnswer
from securecall_client.view import SpaceView
from securecall_keys.blobs import NONCE_BYTES
from securecall_keys.context import (
    ChunkContext,
    EpochContext,
    GrantContext,
    LinkContext,
    SealContext,
    context_bytes,
)
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys, space_in
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import unpad
from securecall_keys.primitives import derive, sealing_public, unseal, unseal_from
from securecall_keys.sealed_answers import AnswerPlace
from securecall_keys.secret import Secret

CIRCLES: Final[tuple[Circle, Circle]] = ("everyone", "allies")
KINDS: Final[tuple[e.GrantKind, e.GrantKind]] = ("seed", "everyone")
Tally = Counter[str]
"""Number of sealed things by kind: record, answer (sealed once more in its record), label, link, grant, chunk."""


@dataclass(slots=True)
class Haul:
    """What there was to open in a stretch of a chain, and what of it came open."""

    tried: Tally = field(default_factory=Counter)
    opened: Tally = field(default_factory=Counter)

    def note(self, kind: str, opened: bool) -> None:
        """One more thing of a kind."""
        self.tried[kind] += 1
        self.opened[kind] += opened


class Thief:
    """Whoever has the profile in ``home`` with its passphrase, and the ``store``."""

    def __init__(self, home: Path, passphrase: str, store: Store) -> None:
        """Unlock, and take every key that there is. Raises: ProfileError, InvalidError."""
        self._device = Profile(home).unlock(Lock.from_passphrase(passphrase))
        self._store = store
        self._member = store.member(self._device.id)
        self._views: dict[bytes, SpaceView] = {}
        for space in _parents_first(store):
            self._views[space] = self._read(space)
        documents = (each for view in self._views.values() for each in view.state.documents.values())
        self._files = [Secret(version.body.key) for versions in documents for version in versions]
        halves = self._halves()
        self.keys = _distinct([self._device.secret, self._device.storage, *self._files, *self._epoch_keys(), *halves])
        self._privates = {sealing_public(key): key for key in self.keys}

    def open(self, space: bytes, seqs: Callable[[int], bool]) -> Haul:
        """Try every key on all that is sealed at the places of ``space`` that ``seqs`` picks."""
        haul = Haul()
        for item in self._store.items(space):
            if not seqs(item.seq):
                continue
            if isinstance(item.body, Record):
                self._try_record(space, item.body, haul)
            else:
                self._try_entry(space, item.seq, item.body, haul)
        return haul

    def _read(self, space: bytes) -> SpaceView:
        """The space with the grants that the store holds for this device, as its own client would read it."""
        places = self._store.places(space)
        parent = next((view for view in self._views.values() if view.chain.kind == "coalition"), None)
        view = SpaceView(space, self._member, self._device, parent)
        grants = {grant.seq: grant.box for grant in self._store.grants(space) if grant.device == self._device.id}
        for place in places:
            view.place(place, grants)
        return view

    def _epoch_keys(self) -> Iterator[Secret]:
        """All keys of the epochs held, and those that later epochs would have if a seed were used again."""
        for view in self._views.values():
            for held in view.ring.epochs():
                yield held.everyone
                if held.seed is not None:
                    for epoch in range(held.epoch, view.chain.epoch + 1):
                        yield from _all_keys(EpochKeys.from_seed(held.space, epoch, held.seed))

    def _halves(self) -> Iterator[Secret]:
        """The private halves of sealed exercises that were passed on to this device."""
        for space, view in self._views.items():
            for exercise in view.state.sealed:
                yield from held_halves(view.state, space, exercise, self._device).values()

    def _try_record(self, space: bytes, record: Record, haul: Haul) -> None:
        said = self._opened(record.box, encode(record.header))
        haul.note("record", said is not None)
        self._try_answer(space, record, content.read(unpad(said))[1] if said is not None else None, haul)
        for ref in record.header.blobs:
            for index, chunk in enumerate(self._store.chunks(space, ref.blob)):
                context = context_bytes(ChunkContext(ref.blob, index))
                haul.note("chunk", any(_opens_chunk(key, chunk, context) for key in self._file_keys()))

    def _try_answer(self, space: bytes, record: Record, said: content.Body | None, haul: Haul) -> None:
        """The seal of a sealed answer, within its record."""
        if isinstance(said, SealedAnswer):
            place = AnswerPlace(space, said.exercise, record.header.author, record.header.id)
            haul.note("answer", opens_answer(said, place, self._device, self._privates))

    def _try_entry(self, space: bytes, seq: int, entry: e.Entry, haul: Haul) -> None:
        body = entry.body
        digest = sha256(encode(body)).digest()
        for circle, box in zip(CIRCLES, (entry.sealed.everyone, entry.sealed.allies), strict=True):
            haul.note("label", self._opens(box, context_bytes(SealContext(circle, digest))))
        if body.start is not None:
            for link in body.start.links:
                context = LinkContext(space, body.start.epoch, link.epoch)
                haul.note("link", self._opens(link.box, context_bytes(context)))
        self._try_grants(space, seq, body, haul)

    def _try_grants(self, space: bytes, seq: int, body: e.EntryBody, haul: Haul) -> None:
        """The grants beside an entry, each as its own device's and as this one's."""
        epoch = self._views[space].epoch_at(seq)
        named, commit = space_in(space, epoch), self._views[space].chain.commits[epoch]
        for grant in self._store.grants(space):
            if grant.seq == seq:
                owners = [(self._store.member(grant.device), grant.device), (self._member, self._device.id)]
                contexts = [
                    GrantContext(named, epoch, body.previous, commit, member, device, kind)
                    for member, device in owners
                    for kind in KINDS
                ]
                haul.note("grant", any(self._opens_grant(grant.box, context) for context in contexts))

    def _file_keys(self) -> Iterator[Secret]:
        """Every key, those of files first."""
        yield from self._files
        yield from self.keys

    def _opens(self, box: bytes, associated: bytes) -> bool:
        return self._opened(box, associated) is not None

    def _opened(self, box: bytes, associated: bytes) -> bytes | None:
        for key in self.keys:
            with suppress(CannotOpenError):
                return unseal(key, box, associated)
        return None

    def _opens_grant(self, box: bytes, context: GrantContext) -> bool:
        try:
            self._device.open(box, context)
        except CannotOpenError:
            return False
        return True


def opens_answer(said: SealedAnswer, place: AnswerPlace, device: DeviceKeys, keys: Mapping[bytes, Secret]) -> bool:
    """Whether a sealed answer opens to a device or to any key, of which ``keys`` has each by its public half."""
    context = place.context("text")
    texts = (derive(secret, context) for secret in _secrets(said, place, device, keys))
    return any(_opens(key, said.sealed.text, context_bytes(context)) for key in texts)


def _secrets(
    said: SealedAnswer, place: AnswerPlace, device: DeviceKeys, keys: Mapping[bytes, Secret]
) -> Iterator[Secret]:
    """What may be the secret of a sealed answer: every key, and what its boxes give to the device or to a key.

    A box opens by the private half of the key that it is to and by nothing else, so the others are spared.
    """
    yield from keys.values()
    context = place.context("box")
    if said.key in keys:
        yield Secret(unseal_from(keys[said.key], said.sealed.box, context))
    for box in (said.sealed.box, *(each.box for each in said.sealed.boxes)):
        with suppress(CannotOpenError):
            yield Secret(device.open(box, context))


def _parents_first(store: Store) -> list[bytes]:
    """The spaces of a store, the coalition before the call that hangs on it."""

    def hangs(space: bytes) -> bool:
        first = store.items(space)[0].body
        return (
            isinstance(first, e.Entry)
            and isinstance(first.body.change, e.Create)
            and first.body.change.parent is not None
        )

    return sorted(store.spaces(), key=hangs)


def _all_keys(keys: EpochKeys) -> Iterator[Secret]:
    if keys.seed is not None:
        yield keys.seed
        yield derive(keys.seed, EpochContext("history", space_in(keys.space, keys.epoch), keys.epoch))
    for circle in CIRCLES:
        yield from (keys.circle(circle), keys.record_key(circle), keys.entry_key(circle))


def _distinct(keys: Iterable[Secret]) -> list[Secret]:
    return list({key.expose(): key for key in keys}.values())


def _opens(key: Secret, box: bytes, associated: bytes) -> bool:
    try:
        unseal(key, box, associated)
    except CannotOpenError:
        return False
    return True


def _opens_chunk(key: Secret, chunk: bytes, context: bytes) -> bool:
    try:
        AESGCM(key.expose()).decrypt(chunk[:NONCE_BYTES], chunk[NONCE_BYTES:], context)
    except InvalidTag:
        return False
    return True
