"""A mapping by id that is never changed, of which many versions are held at once (row M12).

A chain has a roster for every place, and one entry changes little of it. `Trie.put` and `Trie.without` give another
mapping that shares with this one all but the nodes on the way to what changed: a few hundred bytes, however large the
mapping is. It is a hash trie without the hashing, since ids are digests and keys; whoever grinds ids that begin alike
makes a way longer, up to a node for each of the 64 halves of a byte. Source: P. Bagwell, "Ideal Hash Trees", 2001.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from typing import Generic, TypeVar, Union

V = TypeVar("V")

KEY_BYTES = 32
_WAYS = 16


@dataclass(frozen=True, slots=True)
class _Leaf(Generic[V]):
    key: bytes
    value: V


_Node = tuple[Union["_Node[V]", _Leaf[V], None], ...]
"""A slot for each value of the next half of a byte. Below the root, a node leads to two leaves or more."""
_NOTHING: tuple[None, ...] = (None,) * _WAYS


class Trie(Mapping[bytes, V]):
    """Ids of 32 bytes to values, in ascending order of the ids."""

    __slots__ = ("_root", "_size")

    def __init__(self, root: _Node[V] = _NOTHING, size: int = 0) -> None:
        self._root, self._size = root, size

    def put(self, items: Mapping[bytes, V]) -> "Trie[V]":
        """This with ``items`` in the place of what was under their keys. Raises: ValueError unless of 32 bytes."""
        root, size = self._root, self._size
        for key, value in items.items():
            if len(key) != KEY_BYTES:
                raise ValueError("a key that is no id")
            size += _get(root, key) is None
            root = _put(root, 0, _Leaf(key, value))
        return Trie(root, size)

    def without(self, keys: Iterable[bytes]) -> "Trie[V]":
        """This without what is under ``keys``. Raises: KeyError for one that is not there."""
        root, size = self._root, self._size
        for key in keys:
            if _get(root, key) is None:
                raise KeyError(key)
            root, size = _drop(root, 0, key), size - 1
        return Trie(root, size)

    def __getitem__(self, key: bytes) -> V:
        leaf = _get(self._root, key)
        if leaf is None:
            raise KeyError(key)
        return leaf.value

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return iter(_flat(self._root, {}))

    def items(self) -> ItemsView[bytes, V]:
        """As `Mapping.items`, in one walk instead of a look-up for each."""
        return _flat(self._root, {}).items()

    def values(self) -> ValuesView[V]:
        """As `Mapping.values`, in one walk."""
        return _flat(self._root, {}).values()


def _slot(key: bytes, depth: int) -> int:
    byte = key[depth >> 1]
    return byte & 15 if depth & 1 else byte >> 4


def _get(root: _Node[V], key: bytes) -> _Leaf[V] | None:
    if len(key) != KEY_BYTES:
        return None
    node, depth = root, 0
    while isinstance(at := node[_slot(key, depth)], tuple):
        node, depth = at, depth + 1
    return at if at is not None and at.key == key else None


def _put(node: _Node[V], depth: int, leaf: _Leaf[V]) -> _Node[V]:
    slot = _slot(leaf.key, depth)
    at = node[slot]
    if isinstance(at, _Leaf) and at.key != leaf.key:
        at = _put(_NOTHING, depth + 1, at)
    after = _put(at, depth + 1, leaf) if isinstance(at, tuple) else leaf
    return (*node[:slot], after, *node[slot + 1 :])


def _drop(node: _Node[V], depth: int, key: bytes) -> _Node[V]:
    """``node`` without the leaf of ``key``, which is in it."""
    slot = _slot(key, depth)
    at, after = node[slot], None
    if isinstance(at, tuple):
        below = _drop(at, depth + 1, key)
        left = [each for each in below if each is not None]
        after = left[0] if len(left) == 1 and isinstance(left[0], _Leaf) else below
    return (*node[:slot], after, *node[slot + 1 :])


def _flat(node: _Node[V], into: dict[bytes, V]) -> dict[bytes, V]:
    """``into`` with all below ``node``, in order."""
    for at in node:
        if isinstance(at, tuple):
            _flat(at, into)
        elif at is not None:
            into[at.key] = at.value
    return into
