"""The epoch keys that one device holds in one space: from its grants, and back along the links.

Every key is checked against the commitment in the verified chain before it is used (rows S04, S06, M05).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from securecall import entries as e
from securecall.caps import GRANT_BYTES
from securecall.errors import InvalidError
from securecall.labels import Label, digest
from securecall.sentences import sentence
from securecall.state import ChainState
from securecall.wire import U32, Id, Wire, decode, encode
from securecall_keys.context import GrantContext
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import BadGrantError, CannotOpenError, MissingKeyError
from securecall_keys.primitives import KEY_BYTES, seal_to
from securecall_keys.secret import Secret


class GrantedKey(Wire, frozen=True):
    """One epoch's seed, or its `everyone`, by the kind of the grant."""

    epoch: U32
    key: Id

    def __repr__(self) -> str:
        return f"GrantedKey({self.epoch}, …)"


class Granted(Wire, frozen=True):
    """The plaintext of a grant: one seed, or a guest's keys since they came, oldest first."""

    keys: Annotated[list[GrantedKey], msgspec.Meta(min_length=1, max_length=GRANT_BYTES // 64)]


def make_grant(public: bytes, context: GrantContext, keys: Sequence[EpochKeys]) -> bytes:
    """A grant of ``keys`` to the device whose sealing key is ``public``."""
    granted = [GrantedKey(k.epoch, _part(k, context.kind).expose()) for k in keys]
    return seal_to(public, encode(Granted(granted)), context)


def _part(keys: EpochKeys, kind: e.GrantKind) -> Secret:
    if kind == "everyone":
        return keys.everyone
    if keys.seed is None:
        raise MissingKeyError("a guest cannot grant what is for allies")
    return keys.seed


class KeyRing:
    """Epoch keys by epoch, for one space and device."""

    def __init__(self, space: bytes, device: DeviceKeys) -> None:
        self.space = space
        self._device = device
        self._keys: dict[int, EpochKeys] = {}
        self.broken: set[int] = set()
        """Epochs to which a rotator left a link that does not open or does not fit."""

    def __repr__(self) -> str:
        return f"KeyRing(epochs={sorted(self._keys)})"

    def add(self, keys: EpochKeys, commits: Mapping[int, bytes]) -> None:
        """Hold ``keys`` once they match the chain's commitment. Raises: BadGrantError."""
        commit = commits.get(keys.epoch)
        if commit is None:
            raise BadGrantError("a key of an epoch that the chain does not have")
        keys.check(commit)
        if keys.seed is not None and self._is_used(keys.epoch, keys.seed):
            raise BadGrantError("a seed that is zero, or another epoch's")
        held = self._keys.get(keys.epoch)
        if held is None or held.seed is None:
            self._keys[keys.epoch] = keys

    def _is_used(self, epoch: int, seed: Secret) -> bool:
        """Whether a seed is all zero or serves another epoch already: its epoch shuts nobody out (row M06)."""
        others = (keys.seed for keys in self._keys.values() if keys.epoch != epoch)
        return seed == Secret(bytes(KEY_BYTES)) or seed in list(others)

    def holds(self, epoch: int) -> bool:
        """Whether any key of ``epoch`` is held."""
        return epoch in self._keys

    def epoch(self, epoch: int) -> EpochKeys:
        """The keys of ``epoch``. Raises: MissingKeyError."""
        try:
            return self._keys[epoch]
        except KeyError:
            raise MissingKeyError(sentence("no key of epoch %(epoch)s is held on this device", epoch=epoch)) from None

    def epochs(self) -> list[EpochKeys]:
        """All keys held, oldest first."""
        return [keys for _, keys in sorted(self._keys.items())]

    def for_guest(self, since: int) -> "KeyRing":
        """What a guest who came in epoch ``since`` holds of these keys."""
        ring = KeyRing(self.space, self._device)
        ring._keys = {k.epoch: EpochKeys(k.space, k.epoch, k.everyone, None) for k in self.epochs() if k.epoch >= since}
        return ring

    def take_grant(self, box: bytes, line: e.GrantLine, context: GrantContext, chain: ChainState) -> None:
        """Open the grant that an entry lists for this device as ``line``.

        Raises: BadGrantError (the bytes are not those the entry signed, or hold another key than committed);
        CannotOpenError (the rotator sealed something else).
        """
        if digest(Label.GRANT, box) != line.digest:
            raise BadGrantError("a grant that is not the one its entry signed")
        try:
            granted = decode(self._device.open(box, context), Granted, GRANT_BYTES)
        except InvalidError as error:
            raise CannotOpenError("a grant that holds no keys") from error
        if granted.keys[-1].epoch != context.epoch:
            raise BadGrantError("a grant without the key of the epoch that its entry grants")
        for item in granted.keys:
            self.add(_keys(chain.space, item, line.kind), chain.commits)

    def take_links(self, start: e.Start, chain: ChainState) -> None:
        """Follow the links of an epoch whose seed is held to older epochs.

        A link that does not lead where it says blocks nobody: it is remembered in `broken`, and the next
        rotation made here links that epoch anew if this device holds it.
        """
        newer = self._keys.get(start.epoch)
        if newer is None or newer.seed is None:
            return
        for link in start.links:
            try:
                self.add(newer.follow(link.epoch, link.box), chain.commits)
            except (CannotOpenError, BadGrantError):
                self.broken.add(link.epoch)
            else:
                self.broken.discard(link.epoch)

    def to_link(self, last: int) -> list[EpochKeys]:
        """The epochs that a new one links to, newest first: the last, and those no good link reaches.

        Raises: MissingKeyError if the last is not held whole.
        """
        if self.epoch(last).seed is None:
            raise MissingKeyError("a guest cannot start an epoch")
        older = (self._keys.get(epoch) for epoch in sorted(self.broken, reverse=True) if epoch < last)
        return [self.epoch(last), *(keys for keys in older if keys is not None and keys.seed is not None)]


def _keys(space: bytes, item: GrantedKey, kind: e.GrantKind) -> EpochKeys:
    if kind == "seed":
        return EpochKeys.from_seed(space, item.epoch, Secret(item.key))
    return EpochKeys(space, item.epoch, Secret(item.key), None)
