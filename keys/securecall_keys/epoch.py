"""An epoch's keys (protocol 6).

From a fresh seed come `everyone`, `allies` and `history`; from `everyone` comes the commitment that stands in
the clear. So whoever opens a seed or a guest's key can tell whether it is the one the epoch committed to
(rows S04, M05, M06), and base-mode HPKE needs no sender authentication.
"""

from dataclasses import dataclass

from securecall.rights import Circle
from securecall.wire import ZERO
from securecall_keys.context import EpochContext, EpochPurpose, LinkContext, context_bytes
from securecall_keys.errors import BadGrantError, MissingKeyError
from securecall_keys.primitives import derive, seal, unseal
from securecall_keys.secret import Secret


def space_in(space: bytes, epoch: int) -> bytes:
    """The space as contexts of ``epoch`` name it: zero in epoch 0."""
    return space if epoch else ZERO


@dataclass(frozen=True, slots=True)
class EpochKeys:
    """What is held of one epoch: the seed and all that follows, or a guest's `everyone` alone."""

    space: bytes
    epoch: int
    everyone: Secret
    seed: Secret | None

    @classmethod
    def from_seed(cls, space: bytes, epoch: int, seed: Secret) -> "EpochKeys":
        """All keys of an epoch."""
        everyone = derive(seed, EpochContext("everyone", space_in(space, epoch), epoch))
        return cls(space, epoch, everyone, seed)

    def commit(self) -> bytes:
        """The commitment to this epoch's keys, 32 bytes, public."""
        return derive(self.everyone, self._context("commit")).expose()

    def check(self, commit: bytes) -> None:
        """Raise BadGrantError unless these are the keys that ``commit`` stands for."""
        if self.commit() != commit:
            raise BadGrantError("a key that is not the one this epoch committed to")

    def circle(self, circle: Circle) -> Secret:
        """A circle's key. Raises: MissingKeyError if only `everyone` is held."""
        if circle == "everyone":
            return self.everyone
        return derive(self._seed(), self._context("allies"))

    def record_key(self, circle: Circle) -> Secret:
        """The key that records of ``circle`` are sealed under. Raises: MissingKeyError."""
        return derive(self.circle(circle), self._context("records"))

    def entry_key(self, circle: Circle) -> Secret:
        """The key that entries' seals for ``circle`` are made under. Raises: MissingKeyError."""
        return derive(self.circle(circle), self._context("entries"))

    def beat_key(self) -> Secret:
        """The key that beats are sealed under."""
        return derive(self.everyone, self._context("beats"))

    def link(self, older: "EpochKeys") -> bytes:
        """``older``'s seed, sealed under this epoch's `history` key. Raises: MissingKeyError."""
        return seal(self._history(), older._seed().expose(), self._link_context(older.epoch))

    def follow(self, older: int, box: bytes) -> "EpochKeys":
        """The keys of epoch ``older`` from a link of this one; not yet checked against a commitment.

        Raises: CannotOpenError, MissingKeyError.
        """
        seed = unseal(self._history(), box, self._link_context(older))
        return EpochKeys.from_seed(self.space, older, Secret(seed))

    def _history(self) -> Secret:
        return derive(self._seed(), self._context("history"))

    def _seed(self) -> Secret:
        if self.seed is None:
            raise MissingKeyError("a guest holds no key to what is for allies")
        return self.seed

    def _context(self, purpose: EpochPurpose) -> EpochContext:
        return EpochContext(purpose, space_in(self.space, self.epoch), self.epoch)

    def _link_context(self, older: int) -> bytes:
        return context_bytes(LinkContext(self.space, self.epoch, older))
