"""Appending: places, receipts, races, and what is refused."""

import asyncio
from dataclasses import replace

import pytest

from securecall import entries as e
from securecall.labels import Label
from securecall.records import Record
from securecall.rights import Role
from tests.live.api import Api, draft_space, items_of, shown, somebody, spoil
from tests.world import Person, Place, Space, make_blob, replace_in, sign_body


async def test_a_chain_is_given_back_as_it_was_taken(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    token = await api.token(ally)
    call.write(ally, b"plans")
    statement = await api.push(token, call)
    answer = await api.items(token, call.id)
    assert shown(answer) == items_of(call.places)
    assert [place["class"] for place in answer.json["items"]] == [place.kind for place in call.places]
    end = api.statement(answer.json["end"])
    assert (end.seq, end.head) == (statement.seq, call.chain.head)
    assert end.time >= statement.time
    assert shown(await api.items(token, call.id, statement.seq)) == [call.places[-1].item]
    assert shown(await api.items(token, call.id, statement.seq + 1)) == []


async def test_grants_go_to_the_device_they_are_for(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    token = await api.token(ally)
    call.rotate(ally)
    await api.push(token, call)
    answer = await api.ask("GET", f"/v1/spaces/{call.id.hex()}/grants?from=0", token)
    mine = [place.grants[ally.device.id] for place in call.places if ally.device.id in place.grants]
    assert len(mine) == 2
    assert [grant["seq"] for grant in answer.json["grants"]] == [2, 3]
    later = await api.ask("GET", f"/v1/spaces/{call.id.hex()}/grants?from=3", token)
    assert len(later.json["grants"]) == 1


async def test_an_item_that_is_there_gets_its_receipt_again(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    token = await api.token(ally)
    call.write(ally)
    first = await api.push(token, call)
    record = call.places[-1]
    call.rotate(coalition.founder)
    await api.push(token, call)
    for place, seq in ((record, first.seq), (call.places[-1], first.seq + 1)):
        again = await api.send(token, call.id, place)
        assert (again.status, again.json["seq"]) == (200, seq)
        assert api.statement(again.json["statement"]).head == call.chain.heads[seq]
    other = await api.send(token, call.id, replace(record, kind=1))
    assert other.code == "bad-epoch"
    assert len((await api.items(token, call.id)).json["items"]) == len(call.places)


async def test_one_item_sent_many_times_at_once_stands_once(api: Api, coalition: Space) -> None:
    call = await api.open_call(coalition)
    token = await api.token(coalition.founder)
    call.write(coalition.founder)
    answers = await asyncio.gather(*(api.send(token, call.id, call.places[-1]) for _ in range(8)))
    assert {answer.json["seq"] for answer in answers} == {1}
    assert len((await api.items(token, call.id)).json["items"]) == 2


async def test_M08_of_two_racing_changes_one_wins_and_the_other_is_made_anew(api: Api, coalition: Space) -> None:
    owner, other = coalition.founder, somebody()
    call = await api.open_call(coalition, (other, "owner"))
    tokens = [await api.token(owner), await api.token(other)]
    drafts = [call.draft(owner, e.Remove([other.member])), call.draft(other, e.Remove([owner.member]))]
    places = [Place(0, draft.item, draft.identities, dict(draft.grants)) for draft in drafts]
    answers = await asyncio.gather(
        *(api.send(token, call.id, place) for token, place in zip(tokens, places, strict=True))
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert [answer.code for answer in answers if answer.code] == ["stale"]


async def test_thirty_people_write_at_once(api: Api, coalition: Space) -> None:
    owner = coalition.founder
    call = await api.open_call(coalition)
    people = [somebody() for _ in range(30)]
    token = await api.token(owner)
    keys = [call.invite(owner) for _ in people]
    invites = call.places[-30:]
    for place in invites:
        assert (await api.send(token, call.id, place)).status == 200
    call.enter(
        owner,
        e.Admit(
            sorted(
                (call.admission(person, "member", key) for person, key in zip(people, keys, strict=True)),
                key=lambda admission: admission.member,
            )
        ),
        *people,
    )
    await api.push(token, call)
    tokens = [await api.token(person) for person in people]
    items = [call.seal(person, call.header(person), b"answer") for person in people]
    answers = await asyncio.gather(
        *(api.send(token, call.id, Place(2, item)) for token, item in zip(tokens, items, strict=True))
    )
    assert [answer.status for answer in answers] == [200] * 30
    assert sorted(answer.json["seq"] for answer in answers) == list(range(32, 62))


async def _refused(api: Api, call: Space, by, place: Place) -> str:
    """The code for which an item is refused; the chain stays as long as it was."""
    token = await api.token(by)
    before = len((await api.items(token, call.id)).json["items"])
    answer = await api.send(token, call.id, place)
    assert answer.status >= 400
    assert len((await api.items(token, call.id)).json["items"]) == before
    return answer.code


async def test_S02_M07_what_the_author_has_no_right_to_is_refused(api: Api, coalition: Space) -> None:
    ally, ghost = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"))

    def forged(change: e.Change, *about) -> Place:
        return Place(0, sign_body(ally.device, call.body(ally, change)), about)

    itself = e.SetRole([e.NewRole(ally.member, "owner", None)])
    invite = e.Invite([e.Invitee(bytes(32), "guest", 1, b"")])
    removal = e.Remove([coalition.founder.member])
    for change in (itself, invite, removal, e.Destroy()):
        assert await _refused(api, call, ally, forged(change)) == "no-right"
    by_ghost = sign_body(ghost.device, call.body(ghost, e.Rotate()))
    assert await _refused(api, call, ally, Place(0, by_ghost)) == "not-a-member"
    spoilt = spoil(call.draft(ally, e.Rotate()).item)
    assert await _refused(api, call, ally, Place(0, spoilt)) in {"bad-signature", "malformed"}


async def test_S04_the_grants_must_be_exactly_those_the_entry_lists(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    draft = call.draft(ally, e.Rotate())
    device = ally.device.id
    boxes = dict(draft.grants)
    others = {
        "none": {},
        "one missing": {device: boxes[device]},
        "one too many": {**boxes, bytes(32): b"box"},
        "other bytes": {**boxes, device: b"supplied by somebody"},
        "exchanged": dict(zip(boxes, reversed(boxes.values()), strict=True)),
    }
    for grants in others.values():
        assert await _refused(api, call, ally, Place(0, draft.item, (), grants)) == "bad-grants"
    record = call.seal(ally, call.header(ally))
    assert await _refused(api, call, ally, Place(2, record, (), {device: b"box"})) == "bad-grants"
    token = await api.token(ally)
    assert (await api.send(token, call.id, Place(0, draft.item, (), boxes))).status == 200


async def test_R01_after_a_removal_nothing_is_accepted_under_the_old_epoch(api: Api, coalition: Space) -> None:
    ally, gone = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (gone, "member"))
    theirs, late = call.seal(gone, call.header(gone)), call.seal(ally, call.header(ally))
    call.remove(coalition.founder, gone)
    await api.push(await api.token(coalition.founder), call)
    assert await _refused(api, call, ally, Place(2, late)) == "bad-epoch"
    assert await _refused(api, call, gone, Place(2, theirs)) in {"bad-epoch", "not-a-member"}


async def test_a_record_must_be_the_next_and_made_upon_this_history(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))

    def record(**fields: object) -> Place:
        header = replace_in(call.header(ally), **fields)
        return Place(2, ally.device.sign(Label.RECORD, Record(header, b"")))

    assert await _refused(api, call, ally, record(n=1)) == "bad-count"
    assert await _refused(api, call, ally, record(seen=e.Seen(1, bytes(32)))) == "bad-seen"
    assert await _refused(api, call, ally, record(space=bytes(32))) == "wrong-space"
    assert await _refused(api, call, ally, record(blobs=[make_blob("nowhere")])) == "not-complete"
    assert await _refused(api, call, ally, replace(record(), kind=1)) == "bad-circle"


async def test_a_space_needs_its_parent_its_author_and_this_server(api: Api, coalition: Space) -> None:
    owner, ally = coalition.founder, somebody()
    call = await api.open_call(coalition, (ally, "member"))
    key, theirs, mine = api.server.key, await api.token(ally), await api.token(owner)
    nowhere = draft_space(owner, key)
    cases = {
        "a second coalition": (mine, nowhere, "setup-code-used"),
        "a coalition without the setup code": (theirs, draft_space(ally, key), "no-right"),
        "in another's name": (theirs, draft_space(owner, key, "call", call), "no-right"),
        "for another server": (mine, draft_space(owner, bytes(32), "call", coalition), "bad-key"),
        "under a space that is not here": (mine, draft_space(owner, key, "call", nowhere), "bad-parent"),
    }
    for name, (token, space, code) in cases.items():
        assert (await api.create(token, space)).code == code, name
        assert (await api.items(token, space.id)).status == 404


async def test_R01_R03_who_has_gone_from_the_parent_begins_nothing_under_it(api: Api, coalition: Space) -> None:
    owner, gone, lowered, stays = coalition.founder, somebody(), somebody(), somebody()
    people: list[tuple[Person, Role]] = [(gone, "member"), (lowered, "chair"), (stays, "chair")]
    call = await api.open_call(coalition, *people)
    before = {
        "removed": (gone, draft_space(gone, api.server.key, "pair", call)),
        "lowered": (lowered, draft_space(lowered, api.server.key, "call", call)),
        "still there": (stays, draft_space(stays, api.server.key, "call", call)),
    }
    call.remove(owner, gone)
    await api.push(await api.token(owner), call)
    call.set_role(owner, lowered, "member")
    await api.push(await api.token(owner), call)
    codes = {name: (await api.create(await api.token(by), space)).code for name, (by, space) in before.items()}
    assert codes == {"removed": "bad-parent", "lowered": "bad-parent", "still there": ""}
    token = await api.token(gone)
    space = before["removed"][1]
    assert (await api.items(token, space.id)).status == 404
    assert (await api.put_chunk(token, space.id, bytes(16), 0, b"chunk")).status == 404


async def test_R01_a_barred_device_begins_nothing_under_the_parent(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    pair = draft_space(ally, api.server.key, "pair", call)
    token = await api.token(ally)
    call.name_devices(coalition.founder, ally, ally.device)
    await api.push(await api.token(coalition.founder), call)
    assert (await api.create(token, pair)).code == "bad-parent"


async def test_R01_who_has_gone_from_the_parent_is_not_admitted_from_it(api: Api, coalition: Space) -> None:
    owner, gone, stays = coalition.founder, somebody(), somebody()
    call = await api.open_call(coalition, (gone, "member"), (stays, "member"))
    token = await api.token(owner)
    inner = draft_space(owner, api.server.key, "call", call)
    assert (await api.create(token, inner)).status == 200
    at = e.FromParent(call.chain.seen())
    call.remove(owner, gone)
    await api.push(token, call)
    late = inner.draft(owner, e.Admit([inner.admission(gone, "member", at)]), identities=gone.items)
    assert await _refused(api, inner, owner, Place(0, late.item, late.identities, dict(late.grants))) == "bad-parent"
    inner.admit(owner, stays, "member", at)
    await api.push(token, inner)
    assert (await api.items(await api.token(stays), inner.id)).status == 200


async def test_a_new_space_sent_again_is_answered_the_same(api: Api, coalition: Space) -> None:
    token = await api.token(coalition.founder)
    call = draft_space(coalition.founder, api.server.key, "call", coalition)
    first, again = await api.create(token, call), await api.create(token, call)
    assert (first.status, first.json["seq"], first.json["before"]) == (200, 0, "00" * 32)
    assert (again.json["seq"], again.json["before"]) == (0, "00" * 32)
    founding = await api.create(token, coalition)
    assert (founding.status, founding.json["seq"]) == (200, 0)


@pytest.mark.parametrize("kind", [0, 1, 2])
async def test_S36_a_body_that_is_no_signed_item_is_refused(api: Api, coalition: Space, kind: int) -> None:
    call = await api.open_call(coalition)
    for plain in (b"", b"Who plans what where", b"\x93\xa1a\xa1b\xa1c", bytes(100)):
        assert await _refused(api, call, coalition.founder, Place(kind, plain)) == "malformed"
    assert await _refused(api, call, coalition.founder, Place(kind, bytes(600_000))) == "too-large"
