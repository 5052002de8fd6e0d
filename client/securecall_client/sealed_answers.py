"""Sealed answers on this device: who holds an exercise's keys, what opens here before the reveal, and how an answer is
sealed as it leaves (protocol 8.6; rows M03, R01).

An answer waits in the outbox as it was written and is sealed when it is first sent, to the key that is the newest then.
"""

from securecall.identity import Device
from securecall.rights import KEEPERS
from securecall.roster import Roster
from securecall_client import content
from securecall_client.sealed_kinds import SealedAnswer
from securecall_client.work.fold_sealed import answer_place, opened, opened_by_half
from securecall_client.work.state import State
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.records import CONTENT_BYTES
from securecall_keys.sealed_answers import ANSWER_BYTES, AnswerPlace, open_half, seal_answer, secret_by_device
from securecall_keys.secret import Secret


def facilitators(roster: Roster) -> dict[bytes, Device]:
    """The devices of owners and chairs, by id."""
    keepers = [member for member in roster.members.values() if member.role in KEEPERS]
    return {device.device: device for member in keepers for device in member.devices()}


def holders(state: State, exercise: bytes, key: bytes) -> set[bytes]:
    """The devices to which the private half of a key was passed on, and the one that made it if that is known here."""
    makers = {maker for known, maker in state.sealed[exercise].keys.values() if known == key and maker is not None}
    return makers | {box.device for box in state.key_shares.get((exercise, key), ())}


def needs_key(state: State, roster: Roster, exercise: bytes) -> bool:
    """Whether somebody holds the newest key of a sealed exercise who is no facilitator by now, or lost that device."""
    key, _ = state.sealed[exercise].newest
    return not holders(state, exercise, key) <= facilitators(roster).keys()


def was_given(state: State, exercise: bytes, key: bytes, device: bytes) -> bool:
    """Whether the private half of a key was passed on to a device, as whoever did so says."""
    return any(box.device == device for box in state.key_shares.get((exercise, key), ()))


def held_halves(state: State, space: bytes, exercise: bytes, device: DeviceKeys) -> dict[bytes, Secret]:
    """The private halves of an exercise's keys that were passed on to this device, by key."""
    found = {}
    for key, _ in state.sealed[exercise].keys.values():
        for box in state.key_shares.get((exercise, key), ()):
            if box.device != device.id or key in found:
                continue
            try:
                found[key] = open_half(box.box, device, space, exercise, key)
            except CannotOpenError:
                continue
    return found


def open_sealed(state: State, space: bytes, member: bytes, device: DeviceKeys) -> State:
    """``state`` with the sealed answers that this device of ``member`` can open, judged as they will be for all."""
    for exercise, sealing in state.sealed.items():
        halves = held_halves(state, space, exercise, device)
        for origin, body in sealing.answers:
            if origin.seq in sealing.opened:
                continue
            if body.key in halves:
                state = opened_by_half(state, space, origin, body, halves[body.key])
            elif origin.author == member:
                try:
                    secret = secret_by_device(body.sealed, answer_place(space, origin, body), device)
                except CannotOpenError:
                    continue
                state = opened(state, space, origin, body, secret)
    return state


def sealed_exercise(state: State, body: content.Body | None) -> bytes | None:
    """The exercise to which what a person says must be sealed as it leaves; None if it goes as it is."""
    given = content.given(body)
    return given.exercise if given is not None and state.is_sealed(given.exercise) else None


def room(state: State, exercise: bytes) -> int:
    """The most bytes that an answer to an exercise may have."""
    return ANSWER_BYTES if state.is_sealed(exercise) else CONTENT_BYTES


def seal_for_sending(state: State, place: AnswerPlace, said: bytes, devices: list[Device]) -> bytes:
    """A content that must be sealed, as a record of ``place`` says it; ``devices`` are its author's."""
    key, _ = state.sealed[place.exercise].newest
    sealed = SealedAnswer(place.exercise, key, seal_answer(said, place, key, devices))
    return content.write(sealed, content.read(said)[0].minute)
