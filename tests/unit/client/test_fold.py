"""What records and entries come to, by who said them: rights, unknown kinds, malformed bodies, captions."""

import asyncio
from collections.abc import Callable

import pytest

from securecall import entries as e
from securecall.labels import Label
from securecall.records import BlobRef
from securecall.rights import Circle
from securecall.state import ENTRY
from securecall.wire import Wire, encode, item_digest
from securecall_client import clock, content
from securecall_client.acts.taking_part import latest
from securecall_client.captions import Alias, MemberName
from securecall_client.exercise_kinds import Answer, AnswerFor, CloseExercise, Exercise
from securecall_client.profile import Profile
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.captioning import captions
from securecall_client.work.state import State
from securecall_keys.author import Author
from securecall_keys.labels import Labels
from tests.answers import a_row, answer_of
from tests.simulator.forging import forge_record
from tests.simulator.people import LOCK, ROW, Stage

TEXT = template.load_text("who-does-what")
ID = b"\x05" * 16

FOR_THE_WHOLE_CALL = content.CallInfo | content.RollCall | content.Close


class Scene:
    """Ann's view of a space, and everybody's keys; what is said is put at its end, in memory."""

    def __init__(self, view: SpaceView, authors: dict[str, Author]) -> None:
        self.view, self.authors = view, authors

    @property
    def state(self) -> State:
        return self.view.state

    def say(
        self, who: str, body: content.Body, circle: Circle | None = None, blobs: list[BlobRef] | None = None
    ) -> State:
        """For the circle that the kind is for, unless told otherwise."""
        usual: Circle = "everyone" if isinstance(body, FOR_THE_WHOLE_CALL) else "allies"
        return self.put(who, content.write(body, clock.minute()), circle or usual, blobs)

    def put(self, who: str, data: bytes, circle: Circle = "allies", blobs: list[BlobRef] | None = None) -> State:
        self.view.place(forge_record(self.view, self.authors[who], data, circle, blobs=blobs or []), {})
        return self.view.state

    def enter(self, who: str, change: e.Change, labels: Labels) -> State:
        draft = self.authors[who].entry(self.view.chain, self.view.ring, change, clock.minute(), labels=labels)
        self.view.place(Place(ENTRY, item_digest(draft.item, Label.ENTRY), draft.item, ()), {})
        return self.view.state

    def why(self) -> str:
        return self.view.state.void[-1].why


@pytest.fixture(scope="module")
def read(scene: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Where Ann's view is read from; nothing of what is said in a test reaches it."""
    stage = scene.copy(tmp_path_factory.mktemp("read"))
    asyncio.run(stage.sync("Ann"))
    return stage


@pytest.fixture
async def call(read: Stage) -> Scene:
    return await look(read, read.call)


@pytest.fixture
async def coalition(read: Stage) -> Scene:
    return await look(read, read.coalition)


async def look(stage: Stage, space: bytes) -> Scene:
    async with stage["Ann"].open(offline=True) as session:
        view = await session.view(space)
        devices = {name: Profile(person.home).unlock(LOCK) for name, person in stage.people.items()}
        members = {m.member: m for m in view.chain.roster.members.values()}
        authors = {
            name: Author(next(known for known, m in members.items() if m.device(device.id)), device)
            for name, device in devices.items()
        }
        return Scene(view, authors)


LEADERS_ONLY: dict[str, tuple[content.Body, Callable[[State], object]]] = {
    "organisation": (content.Organisation(ID, "New", "", ""), lambda state: state.organisations.get(ID)),
    "call": (content.CallInfo("Renamed", "FR", 0, "", ""), lambda state: state.call and state.call.title == "Renamed"),
    "roll call": (content.RollCall(bytes(32)), lambda state: state.roll_calls),
    "close": (content.Close(), lambda state: state.closed),
    "exercise": (Exercise(ID, TEXT), lambda state: state.exercises.get(ID)),
}


@pytest.mark.parametrize("who", ["Sec", "Bob", "Ann"])
@pytest.mark.parametrize("kind", LEADERS_ONLY)
async def test_m07_what_owners_and_chairs_alone_may_say(kind: str, who: str, call: Scene) -> None:
    body, counts = LEADERS_ONLY[kind]
    state = call.say(who, body)
    if who == "Ann":
        assert not counts(state)
        assert call.why() == "only owners and chairs may say this"
        assert state.void[-1].author == call.authors["Ann"].member
    else:
        assert counts(state)
        assert state.void == ()


@pytest.mark.parametrize("who", ["Sec", "Bob", "Ann"])
async def test_what_everybody_may_say(who: str, call: Scene) -> None:
    [exercise] = call.state.exercises
    answer = Answer(exercise, answer_of(ROW))
    document = content.Document(ID, 1, "a.txt", "text/plain", 3, ID, bytes(32), [bytes(32)])
    call.say(who, content.Empty(asks=False))
    call.say(who, content.Notice([]))
    call.say(who, document, blobs=[BlobRef(ID, 1, 1052)])
    state = call.say(who, answer)
    assert state.void == ()
    assert len(state.notices) == 1
    assert list(state.documents) == [ID]
    [(origin, given)] = state.answers[exercise, call.authors[who].member]
    assert (origin.author, given) == (call.authors[who].member, answer)


async def test_the_first_closing_stands_and_a_second_changes_nothing(call: Scene) -> None:
    first = call.say("Sec", content.Close()).closed
    assert call.say("Bob", content.Close()).closed == first == call.view.chain.next_seq - 2


BROKEN = a_row("training", "FR", "2026-13", None, "planned", (), (), ())
VOID: dict[str, tuple[Callable[[State], content.Body], Circle, str]] = {
    "an answer to no exercise": (lambda _: Answer(ID, ()), "allies", "no exercise"),
    "an answer for another circle": (
        lambda s: Answer(next(iter(s.exercises)), ()),
        "everyone",
        "circle",
    ),
    "an answer for somebody to no exercise": (lambda _: AnswerFor(ID, ID, ()), "allies", "no exercise"),
    "an answer for somebody for another circle": (
        lambda s: AnswerFor(next(iter(s.exercises)), ID, ()),
        "everyone",
        "circle",
    ),
    "an answer for no organisation": (
        lambda s: AnswerFor(next(iter(s.exercises)), bytes(16), ()),
        "allies",
        "no organisation",
    ),
    "rows that are none for somebody": (
        lambda s: AnswerFor(next(iter(s.exercises)), ID, answer_of(BROKEN)),
        "allies",
        "Row 1",
    ),
    "rows that are none": (
        lambda s: Answer(next(iter(s.exercises)), answer_of(BROKEN)),
        "allies",
        "Row 1",
    ),
    "a closing of no exercise": (lambda _: CloseExercise(ID), "allies", "no exercise"),
    "a closing for another circle": (
        lambda s: CloseExercise(next(iter(s.exercises))),
        "everyone",
        "circle",
    ),
    "an exercise twice": (lambda s: Exercise(next(iter(s.exercises)), TEXT), "allies", "already"),
    "a template that is none": (lambda _: Exercise(ID, "not a template"), "allies", "template"),
    "a repetition behind the guests' backs": (
        lambda s: content.Again(s.call_at, s.call or content.CallInfo("", "", 0, "", "")),
        "allies",
        "not for everyone",
    ),
    "a document without its file": (
        lambda _: content.Document(ID, 1, "a", "t", 3, ID, bytes(32), [bytes(32)]),
        "allies",
        "file",
    ),
}


@pytest.mark.parametrize("name", VOID)
async def test_what_is_wrong_is_void_for_all_and_stops_nothing(name: str, call: Scene) -> None:
    make, circle, why = VOID[name]
    before = call.state
    state = call.say("Bob", make(before), circle)
    assert why in call.why()
    assert state.void[-1].author == call.authors["Bob"].member
    assert (state.answers, state.exercises, state.documents) == (before.answers, before.exercises, before.documents)
    assert state.again == before.again
    assert call.say("Bob", content.Close()).closed is not None


def version_of(number: int, blob: bytes, document: bytes = ID) -> content.Document:
    return content.Document(document, number, "a.txt", "text/plain", 3, blob, b"k" * 32, [bytes(32)])


def put_version(call: Scene, who: str, number: int, blob: bytes, circle: Circle = "allies") -> State:
    return call.say(who, version_of(number, blob), circle, [BlobRef(blob, 1, 1052)])


@pytest.mark.parametrize("count", [2, 3])
async def test_s15_a_document_with_other_chunks_than_its_file_has_is_void(count: int, call: Scene) -> None:
    """What is cut off at the end of a chunk, or follows it, is not covered by the file that the record lists."""
    document = content.Document(ID, 1, "a.txt", "text/plain", 3, ID, b"k" * 32, [bytes(32)] * count)
    assert call.say("Ann", document, blobs=[BlobRef(ID, 1, 1052)]).documents == {}
    assert "file" in call.why()


BLOBS = [bytes([n]) * 16 for n in range(1, 6)]


async def test_s14_versions_are_counted_by_place_and_two_at_once_are_both_kept(call: Scene) -> None:
    put_version(call, "Ann", 1, BLOBS[0])
    put_version(call, "Ann", 2, BLOBS[1])
    state = put_version(call, "Bob", 2, BLOBS[2])
    assert [(v.number, v.body.blob) for v in state.documents[ID]] == [(1, BLOBS[0]), (2, BLOBS[1]), (3, BLOBS[2])]
    assert state.void == ()


@pytest.mark.parametrize(
    ("who", "number", "circle", "why"),
    [
        ("Cem", 2, "allies", "only its author"),
        ("Ann", 1, "allies", "already"),
        ("Ann", 2, "everyone", "another circle"),
    ],
)
async def test_m07_who_may_replace_a_document(who: str, number: int, circle: Circle, why: str, call: Scene) -> None:
    before = put_version(call, "Ann", 1, BLOBS[0]).documents
    assert put_version(call, who, number, BLOBS[1], circle).documents == before
    assert why in call.why()


@pytest.mark.parametrize("body", [content.CallInfo("X", "FR", 0, "", ""), content.RollCall(bytes(32)), content.Close()])
async def test_s19_what_holds_for_a_whole_call_is_not_said_to_allies_alone(body: content.Body, call: Scene) -> None:
    before, state = call.view.state, call.say("Sec", body, "allies")
    assert (state.closed, state.call, state.roll_calls) == (None, before.call, before.roll_calls)
    assert "guests" in call.why()


async def test_m07_a_version_before_the_first_is_void_so_that_nobody_s_document_is_anybody_s(call: Scene) -> None:
    assert put_version(call, "Ann", 0, BLOBS[0]).documents == {}
    assert "before the first" in call.why()


async def test_s14_a_new_version_of_no_document_is_void(call: Scene) -> None:
    assert put_version(call, "Ann", 2, BLOBS[0]).documents == {}
    assert "no document" in call.why()


async def test_what_is_dropped_loses_its_key_and_an_old_version_is_not_current(call: Scene) -> None:
    put_version(call, "Ann", 1, BLOBS[0])
    put_version(call, "Ann", 2, BLOBS[1])
    said = content.write(content.Empty(asks=False), clock.minute())
    call.view.place(forge_record(call.view, call.authors["Ann"], said, "allies", drops=[BLOBS[1]]), {})
    old, newest = call.state.documents[ID]
    assert (old.withdrawn, newest.withdrawn) == (False, True)
    assert (old.body.key, newest.body.key) == (b"k" * 32, bytes(32))


async def test_an_answer_without_questions_takes_back_those_before(call: Scene) -> None:
    [exercise] = call.state.exercises
    call.say("Ann", Answer(exercise, answer_of(ROW)))
    assert len(latest(call.view, exercise)) == 1
    call.say("Ann", Answer(exercise, ()))
    assert latest(call.view, exercise) == []
    call.say("Ann", Answer(exercise, answer_of(ROW)))
    assert len(latest(call.view, exercise)) == 1


async def test_the_first_closing_of_an_exercise_stands(call: Scene) -> None:
    [exercise] = call.state.exercises
    first = call.say("Bob", CloseExercise(exercise)).closed_exercises[exercise]
    assert call.say("Sec", CloseExercise(exercise)).closed_exercises == {exercise: first}
    assert call.state.void == ()


class Odd(Wire, frozen=True):
    """No body of ours."""

    what: str


MALFORMED = {
    "nothing": b"",
    "no content": b"\xff\xff\xff",
    "another body": encode(content.Content("close", 1, 5, encode(Odd("open")))),
    "two encodings": encode(content.Content("close", 1, 5, encode(content.Close()))) + b"\x00",
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_body_is_void_and_stops_nothing(name: str, call: Scene) -> None:
    state = call.put("Sec", MALFORMED[name])
    assert call.why() == "it cannot be read"
    assert state.closed is None
    assert call.say("Sec", content.Close()).closed is not None


@pytest.mark.parametrize(("kind", "version"), [("poll", 1), ("close", 2), ("document", 9)])
async def test_an_unknown_kind_or_version_is_kept_as_newer(kind: str, version: int, call: Scene) -> None:
    said = content.Content(kind, version, 5, b"whatever comes")
    state = call.put("Ann", encode(said))
    [origin] = state.newer
    assert origin.author == call.authors["Ann"].member
    assert (state.void, state.closed, state.documents) == ((), None, {})


async def test_a_caption_names_only_those_whom_its_entry_is_about(coalition: Scene) -> None:
    ann, sec = coalition.authors["Ann"].member, coalition.authors["Sec"].member
    lie = captions("Stolen title", names=[MemberName(sec, "Impostor", bytes(16), "Elsewhere")])
    invitee = e.Invitee(coalition.authors["Ann"].device.id, "member", clock.minute() + 60, b"")
    state = coalition.enter("Bob", e.Invite([invitee]), lie)
    assert state.name(sec) == "Sec"
    assert state.title != "Stolen title"
    relabelled = captions(
        names=[MemberName(ann, "Anna", bytes(16), "Reef")], aliases=[Alias(sec, "x"), Alias(ann, "y")]
    )
    state = coalition.enter("Bob", e.Relabel([ann]), relabelled)
    assert state.name(ann) == "Anna"
    assert state.name(sec) == "Sec"
    assert set(state.aliases) == {ann}


async def test_m14_a_member_relabels_nothing_but_their_own_alias(coalition: Scene) -> None:
    ann = coalition.authors["Ann"].member
    lie = captions(
        "Stolen title", names=[MemberName(ann, "Secretariat", bytes(16), "Reef")], aliases=[Alias(ann, "A.")]
    )
    state = coalition.enter("Ann", e.Relabel([ann]), lie)
    assert state.name(ann) == "Ann"
    assert state.title != "Stolen title"
    assert state.aliases[ann] == "A."


async def test_m14_an_alias_that_could_be_taken_for_somebody_else_does_not_count(coalition: Scene) -> None:
    ann, bob = coalition.authors["Ann"].member, coalition.authors["Bob"].member
    coalition.enter("Bob", e.Relabel([bob]), captions(aliases=[Alias(bob, "Secretariat")]))
    coalition.enter("Ann", e.Relabel([ann]), captions(aliases=[Alias(ann, "A.")]))
    state = coalition.enter("Ann", e.Relabel([ann]), captions(aliases=[Alias(ann, "SECRETAR\u0131AT")]))
    assert (state.aliases[ann], state.void[-1].author) == ("A.", ann)
    state = coalition.enter("Ann", e.Relabel([ann]), captions(aliases=[Alias(ann, "Ann of the Reef")]))
    assert state.aliases[ann] == "Ann of the Reef"
    state = coalition.enter("Sec", e.Relabel([ann]), captions(aliases=[Alias(ann, "Secretariat")]))
    assert state.aliases[ann] == "Secretariat"


async def test_a_caption_that_does_not_parse_is_void_and_its_entry_stands(coalition: Scene) -> None:
    ann = coalition.authors["Ann"].member
    state = coalition.enter("Sec", e.Relabel([ann]), Labels(b"\xff", b"\xff"))
    assert "caption" in state.void[-1].why
    assert state.name(ann) == "Ann"
    assert coalition.view.chain.number > 0
