"""Contexts: one type for every purpose, no defaults, and no two that share bytes (S12, S13, S30, S42)."""

from itertools import combinations
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from securecall.labels import Label
from securecall.wire import encode
from securecall_keys.context import (
    AnswerContext,
    AnswerPurpose,
    ChunkContext,
    Context,
    DeviceContext,
    EpochContext,
    EpochPurpose,
    ExerciseKeyContext,
    GrantContext,
    InvitationContext,
    KeystoreContext,
    LetterContext,
    LinkContext,
    LinkingAnswerContext,
    LinkingContext,
    NoticeContext,
    PageContext,
    SealContext,
    StorageContext,
    context_bytes,
)
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import derive, fresh, seal, seal_to, sealing_public, unseal, unseal_from
from securecall_keys.secret import Secret
from tests.world import seed

A, B, SHORT_A, SHORT_B = seed("a"), seed("b"), seed("a")[:16], seed("b")[:16]


def purposes(kind: type[msgspec.Struct], field: str) -> list[Any]:
    """The words that a field of a context may hold."""
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    found = next(part.type for part in shape.fields if part.name == field)
    assert isinstance(found, inspect.LiteralType)
    return list(found.values)


EXAMPLES: list[Any] = [
    *(DeviceContext(word) for word in purposes(DeviceContext, "purpose")),
    *(EpochContext(word, space, n) for word in get_args(EpochPurpose) for space in (A, B) for n in (0, 1, 256)),
    *(LinkContext(space, n, older) for space in (A, B) for n in (1, 2) for older in (0, 1)),
    GrantContext(A, 0, A, A, A, A, "seed"),
    GrantContext(A, 1, A, A, A, A, "seed"),
    GrantContext(A, 0, A, A, A, A, "everyone"),
    GrantContext(B, 0, A, A, A, A, "seed"),
    GrantContext(A, 0, B, A, A, A, "seed"),
    GrantContext(A, 0, A, B, A, A, "seed"),
    GrantContext(A, 0, A, A, B, A, "seed"),
    GrantContext(A, 0, A, A, A, B, "seed"),
    *(SealContext(circle, body) for circle in ("everyone", "allies") for body in (A, B)),
    *(InvitationContext(word, space) for word in purposes(InvitationContext, "purpose") for space in (A, B)),
    *(LetterContext(w, s, k) for w in purposes(LetterContext, "writer") for s in (A, B) for k in (A, B)),
    *(ChunkContext(blob, n) for blob in (SHORT_A, SHORT_B) for n in (0, 1, 255, 256)),
    *(LinkingContext(p, m, i) for p in ("signing", "sealing") for m in (A, B) for i in (A, B)),
    *(LinkingAnswerContext(k, d) for k in (A, B) for d in (A, B)),
    *(NoticeContext(s, a, r) for s in (A, B) for a in (A, B) for r in (SHORT_A, SHORT_B)),
    *(
        AnswerContext(w, s, x, a, r)
        for w in get_args(AnswerPurpose)
        for s in (A, B)
        for x in (SHORT_A, SHORT_B)
        for a in (A, B)
        for r in (SHORT_A, SHORT_B)
    ),
    *(
        ExerciseKeyContext(s, x, k, d)
        for s in (A, B)
        for x in (SHORT_A, SHORT_B)
        for k in (A * 38, B * 38)
        for d in (A, B)
    ),
    *(PageContext(w, page) for w in purposes(PageContext, "purpose") for page in (SHORT_A, SHORT_B)),
    *(StorageContext(w, name) for w in purposes(StorageContext, "purpose") for name in ("", "a", "b")),
    KeystoreContext(b""),
    KeystoreContext(A),
]


def test_S13_S42_no_two_contexts_share_bytes_and_none_begins_another() -> None:
    assert {type(example) for example in EXAMPLES} == set(get_args(Context))
    made = [context_bytes(example) for example in EXAMPLES]
    assert len(set(made)) == len(made)
    assert not any(a.startswith(b) or b.startswith(a) for a, b in combinations(made, 2))
    assert all(data.startswith(Label.CONTEXT.prefix()) for data in made)


def test_S13_no_two_contexts_share_a_key() -> None:
    secret = Secret(seed("secret"))
    assert len({derive(secret, example).expose() for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("kind", get_args(Context), ids=lambda kind: kind.__name__)
def test_S42_no_context_has_a_default(kind: type[msgspec.Struct]) -> None:
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    assert shape.fields
    assert all(field.required for field in shape.fields)
    with pytest.raises(TypeError):
        kind()


def test_S42_no_primitive_goes_without_its_context() -> None:
    seed_, public = fresh(), sealing_public(Secret(A))
    for act in (
        lambda: derive(seed_),  # type: ignore[call-arg]  # that it is refused is the test
        lambda: seal(seed_, b""),  # type: ignore[call-arg]  # that it is refused is the test
        lambda: unseal(seed_, b""),  # type: ignore[call-arg]  # that it is refused is the test
        lambda: seal_to(public, b""),  # type: ignore[call-arg]  # that it is refused is the test
        lambda: unseal_from(seed_, b""),  # type: ignore[call-arg]  # that it is refused is the test
    ):
        with pytest.raises(TypeError):
            act()


def test_S13_a_context_s_encoding_is_no_signed_payload() -> None:
    assert all(not context_bytes(example).startswith(encode(example)) for example in EXAMPLES)


def test_S12_S42_what_is_sealed_to_a_device_opens_under_its_context_alone() -> None:
    secret, context = fresh(), NoticeContext(A, A, SHORT_A)
    box = seal_to(sealing_public(secret), b"a call was opened", context)
    assert unseal_from(secret, box, context) == b"a call was opened"
    assert len(box) == len(b"a call was opened") + 1088 + 32 + 16
    for other in (NoticeContext(B, A, SHORT_A), NoticeContext(A, B, SHORT_A), NoticeContext(A, A, SHORT_B)):
        with pytest.raises(CannotOpenError):
            unseal_from(secret, box, other)
    with pytest.raises(CannotOpenError):
        unseal_from(fresh(), box, context)
    for spoilt in (b"", box[:100], box[:-1], box + b"\x00"):
        with pytest.raises(CannotOpenError):
            unseal_from(secret, spoilt, context)


def test_S12_what_is_sealed_opens_with_its_key_and_its_associated_data_alone() -> None:
    key = fresh()
    box = seal(key, b"text", b"here")
    assert unseal(key, box, b"here") == b"text"
    assert seal(key, b"text", b"here") != box
    for other_key, other_box, where in (
        (key, box, b"there"), (key, box, b""), (fresh(), box, b"here"), (key, box[:-1], b"here"),
        (key, box[:39], b"here"), (key, b"", b"here"),
    ):  # fmt: skip
        with pytest.raises(CannotOpenError):
            unseal(other_key, other_box, where)
