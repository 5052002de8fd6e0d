"""Answers that are sealed until they are revealed: write first, reveal together (protocol 8.6; row M03).

An exercise has a key of its own, whose private half is a sealing seed that facilitators hold. An answer has a secret
of its own, sealed to the exercise's key and to the author's devices, each box and the text bound to space, exercise,
author and record. Either way to the secret leads to one text alone, since the secret is committed to beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import msgspec

from securecall.identity import Device
from securecall.points import SEALING_BYTES
from securecall.wire import Id, Wire
from securecall_keys.context import AnswerContext, AnswerPurpose, ExerciseKeyContext, context_bytes
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import pad, padme, unpad
from securecall_keys.primitives import (
    SEALED_OVERHEAD,
    derive,
    fresh,
    seal,
    seal_to,
    sealing_public,
    unseal,
    unseal_from,
)
from securecall_keys.secret import Secret

SECRET_BOX_BYTES = 1168
"""32 bytes sealed by HPKE: 1,136 more."""
ANSWER_BYTES = 42_000
"""The longest answer that is sealed, so that it fits into a record with a box for each of eight devices."""
TEXT_BYTES = padme(4 + ANSWER_BYTES) + SEALED_OVERHEAD

SealingKey = Annotated[bytes, msgspec.Meta(min_length=SEALING_BYTES, max_length=SEALING_BYTES)]
SecretBox = Annotated[bytes, msgspec.Meta(min_length=SECRET_BOX_BYTES, max_length=SECRET_BOX_BYTES)]


class DeviceBox(Wire, frozen=True):
    """32 secret bytes sealed to a device."""

    device: Id
    box: SecretBox


class SealedText(Wire, frozen=True):
    """An answer under a secret of its own: ``box`` holds that for the exercise's key, ``boxes`` for its author."""

    commit: Id
    box: SecretBox
    boxes: Annotated[list[DeviceBox], msgspec.Meta(max_length=8)]
    text: Annotated[bytes, msgspec.Meta(max_length=TEXT_BYTES)]


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """What an answer is bound to, so that it opens under no other author, record, exercise or space."""

    space: bytes
    exercise: bytes
    author: bytes
    record: bytes

    def context(self, purpose: AnswerPurpose) -> AnswerContext:
        """The context for one use of it."""
        return AnswerContext(purpose, self.space, self.exercise, self.author, self.record)


def public_half(half: Secret) -> bytes:
    """The public key of an exercise, from its private half."""
    return sealing_public(half)


def check_half(half: Secret, key: bytes) -> None:
    """Raise CannotOpenError unless ``half`` is the private half of ``key``."""
    if sealing_public(half) != key:
        raise CannotOpenError("a private half of another key")


def share_half(half: Secret, space: bytes, exercise: bytes, devices: Iterable[Device]) -> list[DeviceBox]:
    """The private half of an exercise's key, for each device of its facilitators."""
    key = sealing_public(half)
    return [
        DeviceBox(
            device.device,
            seal_to(device.sealing, half.expose(), ExerciseKeyContext(space, exercise, key, device.device)),
        )
        for device in devices
    ]


def open_half(box: bytes, device: DeviceKeys, space: bytes, exercise: bytes, key: bytes) -> Secret:
    """The private half that was passed on to this device. Raises: CannotOpenError, also if it is of another key."""
    half = Secret(device.open(box, ExerciseKeyContext(space, exercise, key, device.id)))
    check_half(half, key)
    return half


def seal_answer(answer: bytes, place: AnswerPlace, key: bytes, devices: Iterable[Device]) -> SealedText:
    """Seal an answer to the exercise's ``key``, which `securecall.points` judged, and to its author's devices."""
    secret = fresh()
    box_context, text_context = place.context("box"), place.context("text")
    return SealedText(
        derive(secret, place.context("commit")).expose(),
        seal_to(key, secret.expose(), box_context),
        [DeviceBox(device.device, seal_to(device.sealing, secret.expose(), box_context)) for device in devices],
        seal(derive(secret, text_context), pad(answer), context_bytes(text_context)),
    )


def secret_by_half(sealed: SealedText, place: AnswerPlace, half: Secret) -> Secret:
    """An answer's secret, by the private half of the exercise's key. Raises: CannotOpenError."""
    return Secret(unseal_from(half, sealed.box, place.context("box")))


def secret_by_device(sealed: SealedText, place: AnswerPlace, device: DeviceKeys) -> Secret:
    """An answer's secret, by a device of its author. Raises: CannotOpenError."""
    for box in sealed.boxes:
        if box.device == device.id:
            return Secret(device.open(box.box, place.context("box")))
    raise CannotOpenError("not sealed to this device")


def open_answer(sealed: SealedText, place: AnswerPlace, secret: Secret) -> bytes:
    """The answer itself. Raises: CannotOpenError, also if the secret is not the one that was committed to."""
    if derive(secret, place.context("commit")).expose() != sealed.commit:
        raise CannotOpenError("a secret that was not committed to")
    context = place.context("text")
    return unpad(unseal(derive(secret, context), sealed.text, context_bytes(context)))
