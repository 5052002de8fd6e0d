"""Verifying a call's whole chain and reading what it says, as a client does when it starts."""

import gc
from time import perf_counter

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt, crypto_sign_open

from securecall.caps import ENTRY_BYTES
from securecall.labels import Label
from securecall.records import Record
from securecall.state import ENTRY
from securecall.wire import Signed, decode, encode, item_digest
from securecall_client import content
from securecall_client.exercise_kinds import Answer, Exercise
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from securecall_client.work import template
from tests.answers import a_row, answer_of
from tests.bench.measure import Plan, Rounds, Sample, seconds
from tests.world import Person, Space, make_people, open_call

NONCE = 24
EXERCISE = bytes(16)
MINUTE = 29_000_000


async def verifying(plan: Plan) -> Rounds:
    """Rounds over a call of 30 people who answered again and again, all of it from memory."""
    space = make_call(plan.pick(2_000, 500))
    reader = space.founder
    places = [_place(place.kind, place.item, place.identities) for place in space.places]
    grants = {
        seq: place.grants[reader.device.id]
        for seq, place in enumerate(space.places)
        if reader.device.id in place.grants
    }
    signed = [_signed(place) for place in places]
    boxes = _boxes(space, reader)
    while True:
        view = SpaceView(space.id, reader.member, reader.device)
        gc.collect()
        start = perf_counter()
        for place in places:
            view.place(place, grants)
        placed = perf_counter()
        folded = len(view.state.marks)
        done = perf_counter()
        if not folded or view.state.void or view.state.unreadable:
            raise RuntimeError("a record of the benchmark did not count")
        yield [
            Sample(
                f"verify a chain of {len(places):,} items",
                "s",
                "Ed25519 over as many signatures",
                placed - start,
                seconds(lambda: [crypto_sign_open(message, key) for message, key in signed]),
            ),
            Sample(
                f"open and fold its {len(boxes):,} records",
                "s",
                "XChaCha20-Poly1305 over as many seals",
                done - placed,
                seconds(lambda: [crypto_aead_xchacha20poly1305_ietf_decrypt(*box) for box in boxes]),
            ),
        ]


def make_call(items: int) -> Space:
    """A call of 30 people with ``items`` places: how they came in, one exercise, and answers to it."""
    founder, *others = make_people(30)
    space = open_call(founder, *((person, "member") for person in others))
    exercise = Exercise(EXERCISE, template.load_text("who-does-what"))
    space.write(founder, content.write(exercise, MINUTE))
    row = a_row("training", "FR", "2026-12", "2027-02", "planned", (), ("legal aid",), ("money",))
    answer = content.write(Answer(EXERCISE, answer_of(row)), MINUTE)
    people = [founder, *others]
    while space.chain.next_seq < items:
        space.write(people[space.chain.next_seq % len(people)], answer)
    return space


def _place(kind: int, item: bytes, identities: tuple[bytes, ...]) -> Place:
    label = Label.ENTRY if kind == ENTRY else Label.RECORD
    return Place(kind, item_digest(item, label), item, identities)


def _signed(place: Place) -> tuple[bytes, bytes]:
    """Signature with message, and key: what libsodium is given."""
    signed = decode(place.item or b"", Signed, ENTRY_BYTES)
    label = Label.ENTRY if place.kind == ENTRY else Label.RECORD
    return signed.signature + label.prefix() + signed.payload, signed.key


def _boxes(space: Space, reader: Person) -> list[tuple[bytes, bytes, bytes, bytes]]:
    """Ciphertext, associated data, nonce and key of every record."""
    boxes = []
    for place in space.places:
        if place.kind != ENTRY:
            payload = decode(place.item, Signed, ENTRY_BYTES).payload
            record = decode(payload, Record, ENTRY_BYTES)
            key = space.ring(reader.device).epoch(record.header.epoch).record_key(record.header.circle).expose()
            boxes.append((record.box[NONCE:], encode(record.header), record.box[:NONCE], key))
    return boxes
