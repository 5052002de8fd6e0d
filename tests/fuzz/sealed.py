"""What opens with a key: seals, grants, letters, beats, chunks, and what members say inside. They may say anything."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import msgspec

from securecall import entries as e
from securecall.beats import read_beat
from securecall.identity import Device
from securecall.labels import Label, digest
from securecall.records import Record
from securecall.state import Step
from securecall.wire import decode, encode
from securecall_client import content, parts
from securecall_client.acts import applicants, invited
from securecall_client.captions import (
    AlliesCaption,
    EveryoneCaption,
    InviteNote,
    InviterLetter,
    JoinerLetter,
    MemberName,
)
from securecall_client.errors import InvitationError
from securecall_client.exercise_kinds import Answer, AnswerFor, CloseExercise, CountAnswer, Exercise
from securecall_client.notices import open_notices
from securecall_client.sealed_kinds import (
    AnswerSecret,
    AskAnswers,
    ExerciseKey,
    KeyShare,
    Reveal,
    RevealOwn,
    SealedAnswer,
    SealedExercise,
)
from securecall_client.transport import Join
from securecall_client.work import template
from securecall_client.work.captioning import captions
from securecall_client.work.fold import fold_entry, fold_record
from securecall_client.work.state import Origin, Put, State
from securecall_keys.beats import open_beat
from securecall_keys.blobs import BlobKey, chunk_count, chunk_digest, open_chunk, seal_chunks
from securecall_keys.context import ExerciseKeyContext, LetterContext, NoticeContext
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import BadGrantError, CannotOpenError
from securecall_keys.invitation import open_letter, seal_letter
from securecall_keys.keyring import Granted, GrantedKey, KeyRing
from securecall_keys.labels import open_label
from securecall_keys.linking import LinkedSpace, LinkingAnswer
from securecall_keys.padding import fill, pad, unfill, unpad
from securecall_keys.primitives import seal, seal_to, sealing_public, unseal, unseal_from
from securecall_keys.records import open_record
from securecall_keys.sealed_answers import (
    AnswerPlace,
    DeviceBox,
    SealedText,
    open_answer,
    open_half,
    public_half,
    seal_answer,
    secret_by_device,
    secret_by_half,
    share_half,
)
from securecall_keys.secret import Secret
from tests.answers import a_row, answer_of
from tests.beats import TEXT, beat_header, make_beat
from tests.fuzz import scene
from tests.fuzz.signed import LINKING
from tests.fuzz.target import MALFORMED, Target
from tests.world import seed

SHUT: tuple[type[Exception], ...] = (CannotOpenError,)
ID = b"\x05" * 16
BOX_KEY = Secret(seed("a key"))
SECRET = Secret(bytes(range(16)))


# Seals by themselves


def _keys() -> EpochKeys:
    call = scene.call()
    return call.ring(scene.people()[0].device).epoch(call.chain.epoch)


def _record(data: bytes) -> object:
    header = scene.call().header(scene.people()[0])
    return open_record(Record(header, data), _keys())


def _records() -> list[bytes]:
    call, (owner, *_) = scene.call(), scene.people()
    header = call.header(owner)
    return [seal(_keys().record_key("allies"), pad(b"text"), encode(header))]


def _label(data: bytes) -> object:
    return open_label(e.Entry(_labelled().body, e.Sealed(data, b"")), "everyone", _keys())


@cache
def _labelled() -> e.Entry:
    """An entry that starts no epoch, so that the running one's key opens it."""
    call, (owner, *_) = scene.call(), scene.people()
    item = call.draft(owner, e.Relabel([owner.member]), labels=captions("title")).item
    return decode(scene.payload(item), e.Entry, len(item))


def _link(data: bytes) -> object:
    return _keys().follow(0, data)


def _links() -> list[bytes]:
    call = scene.call()
    return [_keys().link(call.ring(scene.people()[0].device).epoch(0))]


SEALING_SEED = Secret(seed("a sealing seed"))
NOTICE = NoticeContext(bytes(32), bytes(32), ID)


def _box_to_us() -> list[bytes]:
    return [seal_to(sealing_public(SEALING_SEED), b"text", NOTICE)]


# Grants


@cache
def _granted() -> tuple[e.EntryBody, e.GrantLine, bytes]:
    """The entry that started the running epoch, and the grant in it to the owner's first device."""
    call, device = scene.call(), scene.people()[0].device
    for place in reversed(call.places):
        if place.kind == 0:
            body = decode(scene.payload(place.item), e.Entry, len(place.item)).body
            lines = [line for line in body.grants if line.device == device.id]
            if body.start is not None and lines:
                return body, lines[0], place.grants[device.id]
    raise AssertionError("the call has epochs")


def _take_grant(box: bytes) -> None:
    """A grant that its entry lists, whatever it is."""
    call, device = scene.call(), scene.people()[0].device
    body, line, _ = _granted()
    line = e.GrantLine(line.device, line.kind, digest(Label.GRANT, box))
    KeyRing(call.id, device).take_grant(box, line, call.context(body, line), call.chain)


def _take_granted(data: bytes) -> None:
    """Whatever a rotator seals into a grant."""
    body, line, _ = _granted()
    public = scene.call().chain.roster.members[scene.people()[0].member].device(line.device)
    assert public is not None
    _take_grant(seal_to(public.sealing, data, scene.call().context(body, line)))


def _keys_granted() -> list[bytes]:
    keys = _keys()
    assert keys.seed is not None
    return [encode(Granted([GrantedKey(keys.epoch, keys.seed.expose())]))]


# Beats, letters, linking, notices


def _beat(data: bytes) -> object:
    beat = read_beat(make_beat(scene.call(), scene.people()[0])).value
    return open_beat(msgspec.structs.replace(beat, box=data), _keys())


def _beat_boxes() -> list[bytes]:
    return [seal(_keys().beat_key(), fill(encode(TEXT), 200), encode(beat_header(scene.call(), scene.people()[0])))]


def _beat_says(data: bytes) -> object:
    header = encode(beat_header(scene.call(), scene.people()[0]))
    return _beat(seal(_keys().beat_key(), fill(data[:216], 220), header))


LETTER = LetterContext("inviter", bytes(32), scene.KEY)
JOINER = LetterContext("joiner", bytes(32), scene.KEY)
NOTE = InviteNote(scene.KEY, BOX_KEY.expose(), "Amina", ID, "Harbour Watch", None)


class _Keys:
    """An invitation whose letter key is known here."""

    space, public, letter_key = bytes(32), scene.KEY, BOX_KEY


def _letter(data: bytes) -> object:
    return invited._letter(_Keys(), e.Invitee(scene.KEY, "member", 9, data))  # type: ignore[arg-type]  # all it reads of them


def _letter_says(data: bytes) -> object:
    return _letter(seal_letter(BOX_KEY, LETTER, data[:60_000]))


def _joiner_says(data: bytes) -> object:
    return applicants._name(Join(b"", seal_letter(BOX_KEY, JOINER, data), ()), NOTE, bytes(32))


def _letters() -> list[bytes]:
    return [encode(InviterLetter("Harbour", ["Sec", "Bob"], "Amina", "Harbour Watch"))]


def _answers() -> list[bytes]:
    at = e.Seen(3, scene.HEAD)
    return [
        encode(
            LinkingAnswer(
                scene.KEY, bytes(32), [LinkedSpace(bytes(32), None, at, 7), LinkedSpace(ID * 2, bytes(32), at, 7)]
            )
        )
    ]


def _answer_box(data: bytes) -> bytes:
    return seal(LINKING._sealing, pad(data), LINKING._context(scene.HEAD))


class _Told:
    """A view with one notice, as far as notices look at it."""

    def __init__(self, box: bytes) -> None:
        origin = Origin(3, 0, ID, bytes(32), scene.KEY, "owner", "allies", e.Seen(1, scene.HEAD), 9)
        self.space, self.state = bytes(32), State(notices=(Put(origin, content.Notice([box])),))


def _notice(box: bytes) -> object:
    return list(open_notices(_Told(box), scene.people()[0].device, 0))  # type: ignore[arg-type]  # all it reads of it


def _notice_says(data: bytes) -> object:
    device = scene.call().chain.roster.members[scene.people()[0].member].device(scene.people()[0].device.id)
    assert device is not None
    return _notice(seal_to(device.sealing, data, NOTICE))


# Sealed exercises


PRIVATE_HALF = Secret(seed("a private half"))
FULL_KEY = public_half(PRIVATE_HALF)


@cache
def _answer_place() -> AnswerPlace:
    return AnswerPlace(scene.call().id, ID, scene.people()[0].member, ID)


def _own_device() -> Device:
    device = scene.call().chain.roster.members[scene.people()[0].member].device(scene.people()[0].device.id)
    assert device is not None
    return device


@cache
def _sealed_texts() -> list[bytes]:
    said = content.write(Answer(ID, answer_of(ROW)), 29_000_000)
    return [encode(seal_answer(said, _answer_place(), FULL_KEY, [_own_device()]))]


def _half_box(box: bytes) -> object:
    return open_half(box, scene.people()[0].device, bytes(32), ID, FULL_KEY)


def _half_boxes() -> list[bytes]:
    return [box.box for box in share_half(PRIVATE_HALF, bytes(32), ID, [_own_device()])]


def _half_says(data: bytes) -> object:
    """Whatever a facilitator seals into the box for another."""
    context = ExerciseKeyContext(bytes(32), ID, FULL_KEY, _own_device().device)
    return _half_box(seal_to(_own_device().sealing, data, context))


def _sealed_text(data: bytes) -> object:
    """A sealed answer, opened in both ways."""
    sealed = decode(data, SealedText, len(data))
    secret = secret_by_device(sealed, _answer_place(), scene.people()[0].device)
    return open_answer(sealed, _answer_place(), secret), secret_by_half(sealed, _answer_place(), PRIVATE_HALF)


def _sealed_says(data: bytes) -> State:
    """Whatever an author seals into an answer, by the exercise's key, and then that key revealed."""
    step, record = _step()
    place = replace(_answer_place(), author=record.header.author, record=record.header.id)
    answer = SealedAnswer(ID, FULL_KEY, seal_answer(data, place, FULL_KEY, []))
    state = State()
    for body in (SealedExercise(ID, TEMPLATE, FULL_KEY), answer, Reveal(ID, [PRIVATE_HALF.expose()])):
        state = fold_record(state, step, record, content.write(body, 29_000_000))
    [(origin, _)] = state.sealed[ID].answers
    assert state.sealed[ID].opened == {origin.seq}
    return state


# Files


BLOB = BlobKey(ID, BOX_KEY)
SIZE = 3_000


@cache
def _chunks() -> list[bytes]:
    return list(seal_chunks(BLOB, SIZE, BytesIO(b"x" * SIZE).read))


def _chunk(data: bytes) -> object:
    """A chunk that its manifest pins, whatever it is."""
    return open_chunk(BLOB, 0, SIZE, [chunk_digest(data)], data)


def _manifest(data: bytes) -> object:
    """A file by whatever manifest a member wrote: its count of chunks, and the first of them."""
    body = decode(data, content.Document, len(data))
    assert chunk_count(body.size) >= 1
    return open_chunk(BlobKey(body.blob, Secret(body.key)), 0, body.size, body.digests, _chunks()[0])


def _manifests() -> list[bytes]:
    return [encode(msgspec.structs.replace(DOCUMENT, digests=[chunk_digest(_chunks()[0])]))]


# Contents


ROW = a_row("training", "FR", "2026-12", "2027-02", "planned", ("CARE",), ("legal aid",), ("money",))
TEMPLATE = template.load_text("who-does-what")
DOCUMENT = content.Document(ID, 1, "plan.pdf", "application/pdf", SIZE, ID, BOX_KEY.expose(), [chunk_digest(bytes(1))])
SAYINGS: tuple[content.Body, ...] = (
    content.Organisation(ID, "Harbour Watch", "NGO", "FR"),
    content.Notice([b"box"]),
    content.DeviceName(scene.KEY, "laptop"),
    content.CallInfo("Freedonia", "FR", 1_800_000_000, "closing", "https://example.org"),
    content.RollCall(scene.HEAD),
    content.Empty(asks=True),
    DOCUMENT,
    Exercise(ID, TEMPLATE),
    content.Again(2, content.CallInfo("Freedonia", "FR", 1_800_000_000, "", "")),
    Answer(ID, answer_of(ROW, ROW)),
    AnswerFor(ID, ID, answer_of(ROW)),
    content.ByPage(ID, ID, Answer(ID, answer_of(ROW))),
    parts.Agenda([parts.AgendaPoint(ID, "Updates", 1_800_000_000, 10, "Amina")]),
    parts.AgendaNow(ID),
    parts.Message(ID, parts.OnSpace(), parts.NOTHING, "text"),
    parts.Message(b"\x06" * 16, parts.OnDocument(ID), parts.NOTHING, "text"),
    parts.Message(b"\x07" * 16, parts.OnRow(ID, bytes(32), ID, 1), b"\x09" * 16, "text"),
    parts.Message(b"\x08" * 16, parts.OnFinding(ID, "gap", "training", "FR"), parts.NOTHING, "text"),
    parts.Pen(scene.KEY),
    parts.Minutes("text\n"),
    parts.Decision(ID, "text", "Amina", "", "", parts.NOTHING),
    parts.Message(b"\x09" * 16, parts.OnDecision(ID), parts.NOTHING, "text"),
    parts.Commitment(ID, "text", scene.KEY, parts.NOTHING, "2027-01-31", parts.OnRow(ID, bytes(32), ID, 1)),
    parts.CommitmentState(ID, "done"),
    CloseExercise(ID),
    CountAnswer(ID, 2, counts=False),
    SealedExercise(bytes(16), TEMPLATE, FULL_KEY),
    ExerciseKey(bytes(16), public_half(BOX_KEY)),
    KeyShare(bytes(16), FULL_KEY, [DeviceBox(scene.KEY, bytes(1168))]),
    content.Again(2, ExerciseKey(bytes(16), FULL_KEY)),
    SealedAnswer(
        bytes(16),
        FULL_KEY,
        SealedText(bytes(32), bytes(1168), [DeviceBox(scene.KEY, bytes(1168))], b"text"),
    ),
    Reveal(bytes(16), [PRIVATE_HALF.expose()]),
    AskAnswers(bytes(16)),
    RevealOwn(bytes(16), [AnswerSecret(ID, bytes(32))]),
    content.Close(),
)


@cache
def _contents() -> list[bytes]:
    return [content.write(body, 29_000_000) for body in SAYINGS]


def _read_content(data: bytes) -> object:
    said, body = content.read(data)
    if body is not None:
        assert encode(body) == said.body
    return said


@cache
def _step() -> tuple[Step, Record]:
    """A record for everyone by the owner, with the blob of a document."""
    call, (owner, *_) = scene.call(), scene.people()
    header = msgspec.structs.replace(call.header(owner, "everyone"), blobs=[])
    step = call.chain.check(1, call.seal(owner, header))
    assert isinstance(step.body, Record)
    return step, step.body


def _folded(data: bytes) -> State:
    """The fold over everything a member may have said before, and then this: nothing is ever raised."""
    step, record = _step()
    state = State(unreadable=(2,))
    for plaintext in (*_contents(), data, *_contents()):
        state = fold_record(state, step, record, plaintext)
    return state


def _captions() -> list[bytes]:
    owner = scene.people()[0].member
    labels = captions("Title", [MemberName(owner, "Amina", ID, "Harbour Watch")], [NOTE], "why", ())
    return [labels.allies, labels.everyone, encode(EveryoneCaption("t", [])), encode(AlliesCaption("t", [], [], ""))]


def _fold_caption(data: bytes) -> State:
    chain, state = scene.call().chain, State()
    for place, _ in scene.drafts():
        if place.kind == 0:
            step = chain.check(0, place.item, place.identities)
            assert isinstance(step.body, e.Entry)
            state = fold_entry(state, step, step.body.body, data, data)
    return state


def opened(
    name: str, reader: Callable[[bytes], object], good: Callable[[], list[bytes]], *more: type[Exception]
) -> Target:
    """A reader of what opens with a key."""
    return Target(name, reader, good, (*SHUT, *more))


TARGETS = [
    opened("padding", unpad, lambda: [pad(b"text"), pad(bytes(3_000))]),
    opened("filling", unfill, lambda: [fill(b"text", 200)]),
    opened("a seal", lambda data: unseal(BOX_KEY, data, b"x"), lambda: [seal(BOX_KEY, b"text", b"x")]),
    opened("what is sealed to a device", lambda data: unseal_from(SEALING_SEED, data, NOTICE), _box_to_us),
    opened("the seal of a record", _record, _records),
    opened("the seal of an entry", _label, lambda: [_labelled().sealed.everyone]),
    opened("a link to an older epoch", _link, _links),
    opened("a grant", _take_grant, lambda: [_granted()[2]], BadGrantError),
    opened("a grant, sealed", _take_granted, _keys_granted, BadGrantError),
    opened("the box of a beat", _beat, _beat_boxes),
    opened("a beat, sealed", _beat_says, lambda: [encode(TEXT)]),
    opened(
        "a letter", lambda data: open_letter(BOX_KEY, LETTER, data), lambda: [seal_letter(BOX_KEY, LETTER, b"text")]
    ),
    Target("an inviter's letter", _letter, lambda: [seal_letter(BOX_KEY, LETTER, _letters()[0])], (InvitationError,)),
    Target("an inviter's letter, sealed", _letter_says, _letters, (InvitationError,)),
    Target("a joiner's letter, sealed", _joiner_says, lambda: [encode(JoinerLetter("Amina"))], ()),
    opened(
        "a linking answer", lambda data: LINKING.open_answer(data, scene.HEAD), lambda: [_answer_box(_answers()[0])]
    ),
    opened("a linking answer, sealed", lambda data: LINKING.open_answer(_answer_box(data), scene.HEAD), _answers),
    Target("a notice", _notice, lambda: [b"box"], ()),
    Target(
        "a notice, sealed", _notice_says, lambda: [encode(content.NoticeText(bytes(32), e.Seen(1, scene.HEAD)))], ()
    ),
    opened("the box of a private half", _half_box, _half_boxes),
    opened("a private half, sealed", _half_says, lambda: [PRIVATE_HALF.expose()]),
    opened("a sealed answer", _sealed_text, _sealed_texts, *MALFORMED),
    Target("a sealed answer, revealed and folded", _sealed_says, lambda: _contents()[9:12], ()),
    opened("a chunk", _chunk, _chunks),
    opened("a manifest", _manifest, _manifests, *MALFORMED),
    Target("a content", _read_content, _contents, MALFORMED, again=encode),
    Target("a content, folded", _folded, _contents, ()),
    Target("captions, folded", _fold_caption, _captions, ()),
]
