"""Evidence: who is convicted by a file, and that nobody can be made to look guilty by whoever writes one."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest
from nacl.signing import SigningKey

from securecall import caps
from securecall import entries as e
from securecall.chain import next_head
from securecall.errors import InvalidError, Problem
from securecall.evidence import (
    Branch,
    Disowned,
    Evidence,
    Shown,
    Told,
    Ungranted,
    Withheld,
    beside,
    read_evidence,
    write_evidence,
)
from securecall.findings import APART
from securecall.judging import Verdict, judge
from securecall.labels import Label
from securecall.records import Record
from securecall.state import ALLIES, ENTRY
from securecall.statements import Statement
from securecall.wire import ZERO, encode, item_digest
from tests.world import (
    Person,
    Place,
    Space,
    change_body,
    make_people,
    make_person,
    open_call,
    replace_in,
    seed,
    sign_anything,
    sign_body,
    state,
)

LATER = APART + 1


@dataclass
class Scene:
    """A call of an owner, a chair, a member and a guest, with a record."""

    call: Space
    owner: Person
    chair: Person
    member: Person
    guest: Person

    def case(self, *statements: bytes, **fields: object) -> Evidence:
        """A file about the call as it stands, without the bytes of records."""
        chain = [shown(place) for place in self.call.places]
        return msgspec.structs.replace(Evidence(self.call.id, chain, None, list(statements), [], None), **fields)

    def rotation(self, by: Person) -> bytes:
        """An entry upon the latest, honest, and another one each time."""
        return self.call.draft(by, e.Rotate()).item


@pytest.fixture
def scene() -> Scene:
    owner, chair, member, guest = make_people(4)
    call = open_call(owner, (chair, "chair"), (member, "member"), (guest, "guest"))
    call.write(member)
    return Scene(call, owner, chair, member, guest)


def shown(place: Place, *, whole: bool = False) -> Shown:
    """A place as evidence has it."""
    digest = item_digest(place.item, Label.ENTRY if place.kind == ENTRY else Label.RECORD)
    kept = place.item if place.kind == ENTRY or whole else None
    return Shown(place.kind, digest, kept, list(place.identities))


def bad(kind: int, item: bytes, identities: Sequence[bytes] = ()) -> Shown:
    """A place that was made up."""
    return shown(Place(kind, item, tuple(identities)), whole=True)


def after(scene: Scene, *places: Shown) -> Branch:
    """Places that are shown to follow on the call."""
    return Branch(scene.call.chain.next_seq, scene.call.chain.head, list(places))


def head_after(scene: Scene, place: Shown) -> bytes:
    """The head that a place would lead to."""
    return next_head(scene.call.chain.head, place.kind, place.digest)


def vouched(scene: Scene, place: Shown) -> bytes:
    """The server's word for a place that follows on the call."""
    return state(scene.call, None, seq=scene.call.chain.next_seq, head=head_after(scene, place))


def weigh(case: Evidence) -> Verdict:
    """The verdict upon the bytes of a file."""
    return judge(read_evidence(write_evidence(case)))


def refused(case: Evidence) -> Problem:
    """The problem for which a file is refused."""
    with pytest.raises(InvalidError) as caught:
        weigh(case)
    return caught.value.problem


def parties(verdict: Verdict) -> list[tuple[str, bytes]]:
    """Who is named, by kind and key."""
    return [(party.kind, party.key) for party in verdict.who]


# What convicts.


def test_S08_two_heads_at_a_place_convict_the_server(scene: Scene) -> None:
    verdict = weigh(scene.case(state(scene.call), state(scene.call, head=seed("another"))))
    assert verdict.convicts == "server"
    assert len(verdict.signed) == 2


def test_S08_another_head_at_an_earlier_place_convicts_through_the_chain_between(scene: Scene) -> None:
    verdict = weigh(scene.case(state(scene.call), state(scene.call, 3, head=seed("another"), newest=False)))
    assert (verdict.convicts, verdict.what) == (
        "server",
        ("The server signed two histories that differ at place 3.",),
    )


def test_S07_less_at_a_later_time_convicts_the_server(scene: Scene) -> None:
    verdict = weigh(scene.case(state(scene.call, newest=False), state(scene.call, 2, time=LATER)))
    assert verdict.convicts == "server"
    assert "put back from an old copy" in verdict.what[0]


def test_S18_a_receipt_for_an_item_that_is_not_there_convicts_the_server(scene: Scene) -> None:
    """The receipt is for a record that another one stands in the place of."""
    at = scene.call.chain.next_seq - 1
    receipt = state(scene.call, at, head=seed("with the item"), newest=False)
    assert weigh(scene.case(state(scene.call), receipt)).convicts == "server"


def test_S18_a_receipt_upon_another_head_convicts_by_the_path(scene: Scene) -> None:
    path = Branch(4, seed("another"), [Shown(ALLIES, seed("item"), None, [])])
    receipt = state(scene.call, 4, head=next_head(seed("another"), ALLIES, seed("item")), newest=False)
    verdict = weigh(scene.case(state(scene.call), receipt, branch=path))
    assert verdict.convicts == "server"
    assert "place 3" in verdict.what[0]


@pytest.mark.parametrize("by", ["guest", "member"])
def test_S02_M07_an_unauthorised_entry_convicts_its_author_and_the_server_that_signed_for_it(
    scene: Scene, by: str
) -> None:
    author: Person = getattr(scene, by)
    place = bad(ENTRY, sign_body(author.device, scene.call.body(author, e.Remove([scene.chair.member]))))
    alone = weigh(scene.case(branch=after(scene, place)))
    assert (alone.convicts, alone.who[0].member) == ("member", author.member)
    both = weigh(scene.case(vouched(scene, place), branch=after(scene, place)))
    assert both.convicts == "both"
    assert {party.kind for party in both.who} == {"server", "device"}


def test_S02_a_ghost_convicts_the_server_and_nobody_in_whose_name_it_writes(scene: Scene) -> None:
    """Signed by a key of the forger's own, in the owner's name."""
    forger = make_person("forger")
    body = change_body(scene.call.body(scene.owner, e.Rotate()), device=forger.device.id)
    place = bad(ENTRY, sign_body(forger.device, body))
    verdict = weigh(scene.case(vouched(scene, place), branch=after(scene, place)))
    assert parties(verdict) == [("server", scene.call.chain.server)]
    assert [signature.by.member for signature in verdict.signed] == [None, None]
    assert refused_or_nobody(scene.case(branch=after(scene, place)))


def refused_or_nobody(case: Evidence) -> bool:
    """Whether a file convicts nobody at all."""
    try:
        return weigh(case).convicts == "nobody"
    except InvalidError:
        return True


def test_S11_an_item_at_a_place_that_is_not_its_own_convicts_the_server_alone(scene: Scene) -> None:
    """An honest record, shown a second time."""
    place = bad(ALLIES, scene.call.places[-1].item)
    full = [shown(each, whole=True) for each in scene.call.places]
    verdict = weigh(scene.case(vouched(scene, place), chain=full, branch=after(scene, place)))
    assert verdict.convicts == "server"
    assert verdict.signed[-1].by.member == scene.member.member


def test_M13_two_entries_at_one_place_are_named_with_their_author_and_the_server_is_convicted(scene: Scene) -> None:
    first, second = (bad(ENTRY, scene.rotation(scene.chair)) for _ in range(2))
    one = scene.case(vouched(scene, first), chain=[*scene.case().chain, first])
    two = scene.case(vouched(scene, second), chain=[*scene.case().chain, second])
    assert {weigh(one).convicts, weigh(two).convicts} == {"nobody"}
    verdict = weigh(beside(one, two))
    assert verdict.convicts == "server"
    signed = [signature for signature in verdict.signed if signature.by.kind == "device"]
    assert [signature.by.member for signature in signed] == [scene.chair.member] * 2
    assert len({signature.what for signature in signed}) == 2
    assert any("its profile was copied" in what for what in verdict.what)


def test_M13_T03_without_the_server_s_word_for_both_it_is_one_of_the_two(scene: Scene) -> None:
    """An honest device makes a second one too, where it was told that the first was lost."""
    first, second = (bad(ENTRY, scene.rotation(scene.chair)) for _ in range(2))
    chain = [*scene.case().chain, first]
    verdict = weigh(scene.case(vouched(scene, first), chain=chain, told=[Told("entry", second.item or b"")]))
    assert verdict.convicts == "one of the two"
    assert parties(verdict) == [("device", scene.chair.device.id), ("server", scene.call.chain.server)]


def test_T03_an_item_that_its_own_device_denies_is_a_copy_or_a_false_word(scene: Scene) -> None:
    chain = [shown(place, whole=True) for place in scene.call.places]
    verdict = weigh(scene.case(chain=chain, word=Disowned(len(chain) - 1)))
    assert verdict.convicts == "one of the two"
    assert parties(verdict) == [("device", scene.member.device.id), ("maker", b"")]


def test_S08_a_member_s_word_for_another_history_is_one_of_the_two_until_the_server_s_stands_beside_it(
    scene: Scene,
) -> None:
    seen = e.Seen(3, seed("another"))
    told = Told("record", record(scene, seen=seen))
    case = scene.case(state(scene.call), told=[told])
    assert (weigh(case).convicts, parties(weigh(case))) == (
        "one of the two",
        [("device", scene.member.device.id), ("server", scene.call.chain.server)],
    )
    other = state(scene.call, 3, head=seen.head, newest=False)
    assert weigh(beside(case, scene.case(other))).convicts == "server"


def record(scene: Scene, **header: object) -> bytes:
    """A member's record, truly signed."""
    made = replace_in(scene.call.header(scene.member), **header)
    return scene.member.device.sign(Label.RECORD, Record(made, b""))


def test_S18_bytes_that_are_withheld_are_one_of_the_two(scene: Scene) -> None:
    word = Withheld(scene.chair.member, scene.call.chain.next_seq - 1)
    verdict = weigh(scene.case(state(scene.call), word=word))
    assert verdict.convicts == "one of the two"
    assert parties(verdict) == [("server", scene.call.chain.server), ("maker", b"")]


@pytest.mark.parametrize(
    ("box", "kind"), [("none", "server"), ("another", "server"), ("its own", "device")], ids=lambda word: word
)
def test_M05_M06_S39_a_bad_grant_is_the_server_s_or_its_author_s_doing_or_not_so(
    scene: Scene, box: str, kind: str
) -> None:
    seq = scene.call.chain.starts[scene.call.chain.epoch]
    device = scene.chair.device.id
    given = {"none": None, "another": b"garbage", "its own": scene.call.places[seq].grants[device]}[box]
    verdict = weigh(scene.case(state(scene.call), word=Ungranted(seq, device, given)))
    assert verdict.convicts == "one of the two"
    assert [party.kind for party in verdict.who] == [kind, "maker"]


# What convicts nobody, or is refused: the framings.


def test_a_history_that_holds_convicts_nobody(scene: Scene) -> None:
    assert weigh(scene.case()).convicts == "nobody"
    assert weigh(scene.case(state(scene.call, 2, newest=False), state(scene.call))).convicts == "nobody"


def test_statements_that_only_seem_to_contradict_each_other_convict_nobody(scene: Scene) -> None:
    early, old = state(scene.call, time=LATER), state(scene.call, 2, time=0)
    assert weigh(scene.case(early, old)).convicts == "nobody", "less, and earlier"
    receipt = state(scene.call, 2, time=2 * LATER, newest=False)
    assert weigh(scene.case(state(scene.call), receipt)).convicts == "nobody", "an old receipt, given again"
    close = state(scene.call, 2, time=APART)
    assert weigh(scene.case(state(scene.call), close)).convicts == "nobody", "two processes of one server"
    ahead = state(scene.call, None, seq=99, head=seed("ahead"))
    assert weigh(scene.case(state(scene.call), ahead)).convicts == "nobody", "the chain has grown"


def test_a_statement_by_another_key_or_about_another_space_is_refused(scene: Scene) -> None:
    forged = sign_anything(seed("thief"), Label.STATEMENT, encode(msgspec.structs.replace(_said(scene), head=ZERO)))
    assert refused(scene.case(state(scene.call), forged)) is Problem.BAD_SIGNATURE
    elsewhere = state(scene.call, space=seed("elsewhere"), head=ZERO)
    assert refused(scene.case(state(scene.call), elsewhere)) is Problem.WRONG_SPACE
    hello = sign_anything(seed("server"), Label.HELLO, encode(_said(scene)))
    assert refused(scene.case(hello)) is Problem.BAD_SIGNATURE


def _said(scene: Scene) -> msgspec.Struct:
    return Statement(scene.call.id, 3, scene.call.chain.heads[3], 0, newest=True)


def test_two_servers_of_a_space_have_not_gone_back_behind_each_other(scene: Scene) -> None:
    """An owner names a key of their own, and signs with it that less stands than the server before had signed for."""
    before = state(scene.call)
    scene.call.enter(scene.owner, e.Server(_key("owner's own")))
    less = Statement(scene.call.id, 3, scene.call.chain.heads[3], LATER, newest=True)
    theirs = sign_anything(seed("owner's own"), Label.STATEMENT, encode(less))
    assert weigh(scene.case(before, theirs)).convicts == "nobody"


def test_a_server_that_the_space_moved_to_answers_for_itself_alone(scene: Scene) -> None:
    """An owner names a key of their own; what it signs says nothing of the server before it."""
    before = state(scene.call)
    scene.call.enter(scene.owner, e.Server(_key("owner's own")))
    said = msgspec.structs.replace(_said(scene), head=seed("another"))
    theirs = sign_anything(seed("owner's own"), Label.STATEMENT, encode(said))
    assert weigh(scene.case(before, theirs)).convicts == "nobody"


def _key(name: str) -> bytes:
    return bytes(SigningKey(seed(name)).verify_key)


def test_a_chain_with_anything_changed_left_out_or_made_up_is_refused(scene: Scene) -> None:
    chain = scene.case().chain
    for seq, place in enumerate(chain):
        without = [*chain[:seq], *chain[seq + 1 :]]
        if place.item is None:
            continue
        assert refused_or_nobody(scene.case(state(scene.call), chain=without))
        flipped = msgspec.structs.replace(place, item=place.item[:-1] + bytes([place.item[-1] ^ 1]))
        assert refused(scene.case(chain=[*chain[:seq], flipped, *chain[seq + 1 :]]))
        stub = msgspec.structs.replace(place, item=None)
        assert refused(scene.case(chain=[*chain[:seq], stub, *chain[seq + 1 :]]))
    assert refused(scene.case(space=seed("elsewhere"))) is Problem.WRONG_SPACE


def test_a_made_up_history_without_the_server_s_word_does_not_touch_the_server(scene: Scene) -> None:
    place = bad(ALLIES, record(scene, seen=e.Seen(3, seed("another"))))
    alone = weigh(scene.case(branch=after(scene, place)))
    assert alone.convicts == "nobody"
    said = weigh(scene.case(state(scene.call), branch=after(scene, place)))
    assert said.convicts == "one of the two"
    assert [party.kind for party in said.who] == ["server", "maker"]
    fork = Branch(3, scene.call.chain.heads[2], [Shown(ENTRY, seed("made up"), None, [])])
    assert "server" not in weigh(scene.case(state(scene.call), branch=fork)).convicts


def test_an_author_s_breach_that_the_server_did_not_sign_for_does_not_touch_the_server(scene: Scene) -> None:
    """What the server signed for is another item at the very place."""
    place = bad(ENTRY, sign_body(scene.guest.device, scene.call.body(scene.guest, e.Remove([scene.chair.member]))))
    other = state(scene.call, None, seq=scene.call.chain.next_seq, head=seed("another"))
    verdict = weigh(scene.case(other, branch=after(scene, place)))
    assert (verdict.convicts, parties(verdict)) == ("member", [("device", scene.guest.device.id)])


def test_other_bytes_at_a_place_that_the_server_vouches_for_convict_nobody_for_sure(scene: Scene) -> None:
    """The server signed for an honest entry; the maker of the file puts what breaks a rule into its place."""
    honest = bad(ENTRY, scene.rotation(scene.chair))
    forged = sign_body(scene.guest.device, scene.call.body(scene.guest, e.Remove([scene.chair.member])))
    for item in (forged, forged[:-1] + bytes([forged[-1] ^ 1])):
        place = msgspec.structs.replace(honest, item=item)
        verdict = weigh(scene.case(vouched(scene, honest), branch=after(scene, place)))
        assert verdict.convicts == "one of the two"
        assert [party.kind for party in verdict.who] == ["server", "maker"]
    swapped = msgspec.structs.replace(honest, item=scene.rotation(scene.chair))
    assert refused(scene.case(chain=[*scene.case().chain, swapped])) is Problem.MALFORMED


def test_S08_whoever_was_led_into_another_history_is_not_convicted_of_an_entry_upon_it(scene: Scene) -> None:
    """The chair's entry follows the latest, and names the head that a lying server had shown to the chair."""
    last = scene.call.chain.next_seq - 1
    body = change_body(scene.call.body(scene.chair, e.Rotate()), seen=e.Seen(last, seed("another")))
    place = bad(ENTRY, sign_body(scene.chair.device, body))
    assert weigh(scene.case(vouched(scene, place), branch=after(scene, place))).convicts == "server"
    assert weigh(scene.case(branch=after(scene, place))).convicts == "nobody"


def test_what_anybody_may_put_beside_an_entry_or_leave_out_convicts_nobody_for_sure(scene: Scene) -> None:
    """An honest entry, vouched for, whose identity entries the maker of the file took out, or put others to it."""
    newcomer = make_person("newcomer")
    invitation = scene.call.invite(scene.owner)
    draft = scene.call.draft(
        scene.owner, e.Admit([scene.call.admission(newcomer, "member", invitation)]), identities=newcomer.items
    )
    stranger = make_person("stranger")
    for identities in ((), (*newcomer.items, *stranger.items), (b"garbage",)):
        place = bad(ENTRY, draft.item, identities)
        verdict = weigh(scene.case(vouched(scene, place), branch=after(scene, place)))
        assert verdict.convicts == "one of the two"
        assert [party.kind for party in verdict.who] == ["server", "maker"]


def test_records_left_out_make_no_wrong_number(scene: Scene) -> None:
    """An honest record whose number seems wrong, since the bytes of the one before it are not in the file."""
    place = bad(ALLIES, record(scene))
    verdict = weigh(scene.case(vouched(scene, place), branch=after(scene, place)))
    assert verdict.convicts == "one of the two"
    assert "maker" in [party.kind for party in verdict.who]


def test_a_record_in_a_place_that_is_not_its_own_does_not_convict_its_author(scene: Scene) -> None:
    """Written in the running epoch, and put behind the next one."""
    late = bad(ALLIES, record(scene))
    scene.call.rotate(scene.owner)
    verdict = weigh(scene.case(vouched(scene, late), branch=after(scene, late)))
    assert verdict.convicts == "server"


def test_an_entry_that_came_too_late_does_not_convict_its_author(scene: Scene) -> None:
    """Made by a chair, upon an entry that others have followed on since."""
    item = sign_body(scene.chair.device, scene.call.body(scene.chair, e.Remove([scene.owner.member])))
    scene.call.rotate(scene.owner)
    place = bad(ENTRY, item)
    assert weigh(scene.case(branch=after(scene, place))).convicts == "nobody"


def test_an_item_of_another_space_or_in_another_s_name_is_refused(scene: Scene) -> None:
    elsewhere = open_call(scene.owner, (scene.chair, "chair"), (scene.member, "member"))
    item = elsewhere.seal(scene.member, elsewhere.header(scene.member))
    assert refused(scene.case(state(scene.call), told=[Told("record", item)])) is Problem.WRONG_SPACE
    forger = make_person("forger")
    body = Record(replace_in(scene.call.header(scene.member), seen=e.Seen(3, ZERO)), b"")
    forged = forger.device.sign(Label.RECORD, body)
    assert refused(scene.case(state(scene.call), told=[Told("record", forged)])) is Problem.BAD_DEVICE


def test_a_device_that_is_not_the_member_s_does_not_touch_the_member(scene: Scene) -> None:
    """A forger's own device, which names itself and claims to be the member's."""
    forger = make_person("forger")
    header = replace_in(scene.call.header(scene.member), device=forger.device.id, seen=e.Seen(3, ZERO))
    told = Told("record", forger.device.sign(Label.RECORD, Record(header, b"")))
    verdict = weigh(scene.case(state(scene.call), told=[told]))
    assert verdict.convicts == "nobody"
    assert all(signature.by.member is None for signature in verdict.signed)


def test_M13_two_items_of_a_device_that_is_not_the_member_s_do_not_touch_the_member(scene: Scene) -> None:
    forger = make_person("forger")
    for author in (scene.member.member, forger.member):
        header = replace_in(scene.call.header(scene.member), author=author, device=forger.device.id)
        made = [forger.device.sign(Label.RECORD, Record(header, box)) for box in (b"one", b"two")]
        verdict = weigh(scene.case(state(scene.call), told=[Told("record", item) for item in made]))
        assert verdict.convicts == "nobody"


def test_a_member_s_word_for_a_place_still_to_come_convicts_nobody(scene: Scene) -> None:
    told = Told("record", record(scene, seen=e.Seen(99, seed("to come"))))
    assert weigh(scene.case(state(scene.call), told=[told])).convicts == "nobody"


def test_a_member_s_word_against_a_history_that_the_maker_made_up_convicts_nobody(scene: Scene) -> None:
    told = Told("record", record(scene, seen=e.Seen(3, seed("another"))))
    assert weigh(scene.case(told=[told])).convicts == "nobody"


def test_S20_an_owner_who_says_twice_where_the_coalition_goes_is_not_at_fault(scene: Scene) -> None:
    """Such a word (protocol 10.4) is an entry that follows on none, by whoever may have begun the space too."""
    words = [
        change_body(scene.call.body(scene.owner, e.Server(_key(name))), previous=ZERO) for name in ("new", "newer")
    ]
    told = [Told("entry", sign_body(scene.owner.device, word)) for word in words]
    for some in (told[:1], told):
        verdict = weigh(scene.case(state(scene.call), told=some))
        assert verdict.convicts == "nobody"


def test_the_maker_s_word_must_be_possible(scene: Scene) -> None:
    last = scene.call.chain.next_seq - 1
    stated = state(scene.call)
    assert refused(scene.case(stated, word=Withheld(scene.guest.member, last))), "an allies' record, to a guest"
    assert refused(scene.case(stated, word=Withheld(scene.chair.member, 0))), "an entry"
    assert refused(scene.case(stated, word=Withheld(scene.chair.member, last + 1)))
    assert refused(scene.case(word=Withheld(scene.chair.member, last))), "the server never vouched for it"
    assert refused(scene.case(stated, word=Ungranted(last, scene.chair.device.id, None))), "a record"
    assert refused(scene.case(stated, word=Ungranted(0, scene.chair.device.id, None))), "not granted there"
    assert refused(scene.case(word=Ungranted(0, scene.owner.device.id, None)))
    assert refused(scene.case(stated, word=Disowned(last))), "its bytes are not in the file"
    early = state(scene.call, 1, newest=False)
    assert refused(scene.case(early, word=Withheld(scene.chair.member, last))) is Problem.WITHHELD, (
        "of an earlier place"
    )
    beyond = state(scene.call, None, seq=99, head=seed("ahead"))
    assert refused(scene.case(stated, beyond, word=Withheld(scene.chair.member, 99))) is Problem.WITHHELD
    other = state(scene.call, 0, head=seed("another"), newest=False)
    ungranted = Ungranted(0, scene.owner.device.id, None)
    assert refused(scene.case(other, word=ungranted)) is Problem.WITHHELD, "vouched for another history"


def test_the_server_that_is_held_to_vouch_for_a_place_is_one_that_does(scene: Scene) -> None:
    """Beside it stands another of the space, which signed for another history at that place."""
    before, server = state(scene.call), scene.call.chain.server
    scene.call.enter(scene.owner, e.Server(_key("owner's own")))
    other = Statement(scene.call.id, 0, seed("another"), 0, newest=False)
    theirs = sign_anything(seed("owner's own"), Label.STATEMENT, encode(other))
    verdict = weigh(scene.case(theirs, before, word=Ungranted(0, scene.owner.device.id, None)))
    assert parties(verdict) == [("server", server), ("maker", b"")]


def test_two_files_about_different_spaces_make_no_case(scene: Scene) -> None:
    other = msgspec.structs.replace(scene.case(), space=seed("elsewhere"))
    with pytest.raises(InvalidError):
        beside(scene.case(), other)


def test_M12_two_files_that_hold_too_much_for_one_make_no_case(scene: Scene) -> None:
    statements = [state(scene.call, time=time) for time in range(2 * caps.EVIDENCE_STATEMENTS)]
    half = caps.EVIDENCE_STATEMENTS // 2
    assert beside(scene.case(*statements[:half]), scene.case(*statements[half : 2 * half])).statements
    told = [Told("record", record(scene, n=n)) for n in range(half + 1)]
    more = [Told("record", record(scene, n=100 + n)) for n in range(half)]
    for one, other in (
        (scene.case(*statements[:half]), scene.case(*statements[half:])),
        (scene.case(told=told), scene.case(told=more)),
    ):
        with pytest.raises(InvalidError) as caught:
            beside(one, other)
        assert caught.value.problem is Problem.CAP


def test_M12_a_file_over_its_cap_is_refused() -> None:
    with pytest.raises(InvalidError) as caught:
        read_evidence(Label.EVIDENCE.prefix() + bytes(caps.EVIDENCE_BYTES + 1))
    assert caught.value.problem is Problem.TOO_LARGE


def test_of_two_files_about_one_history_the_longer_counts(scene: Scene) -> None:
    short = scene.case(state(scene.call))
    scene.call.rotate(scene.owner)
    long = scene.case(state(scene.call))
    for case in (beside(short, long), beside(long, short)):
        assert len(case.chain) == scene.call.chain.next_seq
        assert weigh(case).convicts == "nobody"


def test_a_file_has_one_form(scene: Scene) -> None:
    data = write_evidence(scene.case(state(scene.call)))
    assert write_evidence(read_evidence(data)) == data
    for wrong in (b"", data[:-1], data + b"\x00", data.replace(b"evidence", b"EVIDENCE"), b"\x00" + data):
        with pytest.raises(InvalidError) as caught:
            read_evidence(wrong)
        assert caught.value.problem is Problem.MALFORMED
