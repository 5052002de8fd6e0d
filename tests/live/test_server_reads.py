"""Who may read what of a space: members, guests, invitees, those who went, and everybody else."""

from securecall.identity import AddDevice, Announcement, IdentityEntry, begin
from securecall.labels import Label
from securecall.rights import Circle
from securecall.wire import ZERO
from securecall_keys.device import DeviceKeys
from securecall_server.routes.joins import IDENTITY_BYTES
from tests.live.api import Api, b64, items_of, shown, somebody, spoil
from tests.world import Person, Space, make_device

NOTHING = (404, "not-found")
PATHS = ("items", "grants", "joins", f"blobs/{'00' * 16}", f"blobs/{'00' * 16}/0")


async def _tell_nothing(api: Api, token: str, space: bytes) -> None:
    for path in PATHS:
        answer = await api.ask("GET", f"/v1/spaces/{space.hex()}/{path}", token)
        assert (answer.status, answer.code) == NOTHING, path


async def _write(api: Api, space: Space, by: Person, circle: Circle = "allies") -> None:
    space.write(by, b"plans", circle)
    await api.push(await api.token(by), space)


async def test_G08_a_foreign_and_an_unknown_space_look_the_same(api: Api, coalition: Space) -> None:
    stranger, ally = somebody(), somebody()
    await api.open_call(coalition, (stranger, "member"))
    call = await api.open_call(coalition, (ally, "member"))
    token = await api.token(stranger)
    foreign, unknown = await api.items(token, call.id), await api.items(token, bytes(32))
    assert foreign == unknown
    call.write(ally)
    sent = [await api.send(token, space, call.places[-1]) for space in (call.id, bytes(32))]
    assert sent[0] == sent[1]
    assert (sent[0].status, sent[0].code) == NOTHING
    for space in (call.id, bytes(32)):
        await _tell_nothing(api, token, space)


async def test_ids_of_another_form_are_unknown_ids(api: Api, coalition: Space) -> None:
    token = await api.token(coalition.founder)
    name = coalition.id.hex()
    for wrong in (name.upper(), name[:-1], name + "0", f"{name}%0a", "..%2f.."):
        answer = await api.ask("GET", f"/v1/spaces/{wrong}/items", token)
        assert (answer.status, answer.code) == NOTHING, wrong


async def test_G06_a_guest_gets_no_allies_records_and_none_from_before(api: Api, coalition: Space) -> None:
    ally, guest = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"))
    await _write(api, call, ally, "everyone")
    owner = coalition.founder
    keys = call.invite(owner, "guest")
    await api.push(await api.token(owner), call)
    invited = (await api.log_in_invited(keys)).json["token"]
    await api.open_account(invited, guest)
    call.admit(owner, guest, "guest", keys)
    await api.push(await api.token(owner), call)
    came = call.chain.next_seq - 1
    await _write(api, call, ally, "everyone")
    await _write(api, call, ally, "allies")
    await _write(api, call, guest, "everyone")
    answer = await api.items(await api.token(guest), call.id)
    hidden = {seq for seq, item in enumerate(shown(answer)) if item is None}
    assert hidden == {3, came + 2}
    assert call.places[3].kind == 1
    assert [place["digest"] for place in answer.json["items"]] == [
        place["digest"] for place in (await api.items(await api.token(ally), call.id)).json["items"]
    ]
    assert (await api.ask("GET", f"/v1/spaces/{call.id.hex()}/joins", await api.token(guest))).code == "no-right"


async def test_G08_the_coalition_is_an_unknown_space_to_a_guest(api: Api, coalition: Space) -> None:
    guest = somebody()
    call = await api.open_call(coalition)
    keys = call.invite(coalition.founder, "guest")
    await api.push(await api.token(coalition.founder), call)
    await api.open_account((await api.log_in_invited(keys)).json["token"], guest)
    call.admit(coalition.founder, guest, "guest", keys)
    await api.push(await api.token(coalition.founder), call)
    token = await api.token(guest)
    assert (await api.items(token, call.id)).status == 200
    assert await api.items(token, coalition.id) == await api.items(token, bytes(32))
    for space in (coalition.id, bytes(32)):
        await _tell_nothing(api, token, space)


async def test_G06_who_is_lowered_to_guest_gets_none_from_before_that(api: Api, coalition: Space) -> None:
    ally, lowered = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (lowered, "member"))
    await _write(api, call, ally, "everyone")
    await _write(api, call, ally, "allies")
    call.set_role(coalition.founder, lowered, "guest")
    await api.push(await api.token(coalition.founder), call)
    since = call.chain.next_seq - 1
    await _write(api, call, ally, "everyone")
    await _write(api, call, ally, "allies")
    token = await api.token(lowered)
    items = shown(await api.items(token, call.id))
    hidden = {seq for seq, item in enumerate(items) if item is None}
    assert hidden == {s for s, place in enumerate(call.places) if place.kind == 2 or (place.kind == 1 and s < since)}
    call.set_role(coalition.founder, lowered, "member")
    await api.push(await api.token(coalition.founder), call)
    assert None not in shown(await api.items(token, call.id))


async def test_R01_R04_who_was_removed_reads_up_to_that_entry_and_no_further(api: Api, coalition: Space) -> None:
    ally, gone = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (gone, "member"))
    await _write(api, call, ally)
    token = await api.token(gone)
    call.remove(coalition.founder, gone)
    await api.push(await api.token(coalition.founder), call)
    last = call.chain.next_seq - 1
    await _write(api, call, ally)
    answer = await api.items(token, call.id)
    assert shown(answer) == items_of(call.places[: last + 1])
    end = api.statement(answer.json["end"])
    assert (end.seq, end.head) == (last, call.chain.heads[last])
    assert shown(await api.items(token, call.id, last + 1)) == []
    grants = await api.ask("GET", f"/v1/spaces/{call.id.hex()}/grants?from={last}", token)
    assert grants.json == {"grants": []}
    assert (await api.put_chunk(token, call.id, bytes(16), 0, b"chunk")).status == 404


async def test_S03_a_barred_device_reads_no_further_while_its_member_does(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    stolen: DeviceKeys = ally.add_device()
    call.name_devices(ally, ally)
    await api.push(await api.token(ally), call)
    token = await api.token(ally, stolen)
    call.name_devices(coalition.founder, ally, stolen)
    await api.push(await api.token(coalition.founder), call)
    barred = call.chain.next_seq
    call.rotate(ally)
    await api.push(await api.token(ally), call)
    assert len((await api.items(token, call.id)).json["items"]) == barred
    assert len((await api.items(await api.token(ally), call.id)).json["items"]) == barred + 1


async def test_an_invitee_reads_entries_up_to_the_invitation_and_asks_to_join(api: Api, coalition: Space) -> None:
    owner, ally, invitee = coalition.founder, somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"))
    await _write(api, call, ally)
    keys = call.invite(owner)
    await api.push(await api.token(owner), call)
    invited = call.chain.next_seq
    await _write(api, call, ally)
    token = (await api.log_in_invited(keys)).json["token"]
    entries = [place.item if place.kind == 0 else None for place in call.places[:invited]]
    assert shown(await api.items(token, call.id)) == entries
    assert (await api.items(token, coalition.id)).status == 404
    assert (await api.ask("GET", f"/v1/spaces/{call.id.hex()}/grants", token)).status == 401
    await api.open_account(token, invitee)

    device = await api.token(invitee)
    path = f"/v1/spaces/{call.id.hex()}/joins"
    assert (await api.items(device, call.id)).status == 404
    form = {"request": b64(keys.join("member", invitee.member, invitee.head)), "letter": b64(b"letter")}
    for _ in range(2):
        assert (await api.ask("PUT", path, device, form)).status == 204
    assert shown(await api.items(device, call.id)) == entries
    assert (await api.send(device, call.id, call.places[-1])).status == 404

    waiting = await api.ask("GET", path, await api.token(owner))
    assert waiting.json == {"joins": [{**form, "identity": [b64(item) for item in invitee.items]}]}
    assert (await api.ask("GET", path, await api.token(ally))).code == "no-right"
    call.admit(owner, invitee, "member", keys)
    await api.push(await api.token(owner), call)
    assert (await api.ask("GET", path, await api.token(owner))).json == {"joins": []}
    assert shown(await api.items(device, call.id)) == items_of(call.places)


async def test_G02_G03_a_join_request_needs_its_own_invitation(api: Api, coalition: Space) -> None:
    owner, first, second = coalition.founder, somebody(), somebody()
    call = await api.open_call(coalition)
    keys, other = call.invite(owner), call.invite(owner)
    owners = await api.token(owner)
    for place in call.places[-2:]:
        await api.send(owners, call.id, place)
    for person, key in ((first, keys), (second, other)):
        await api.open_account((await api.log_in_invited(key)).json["token"], person)
    tokens = [await api.token(person) for person in (first, second)]

    async def join(token: str, request: bytes, space: bytes = call.id) -> str:
        form = {"request": b64(request), "letter": ""}
        answer = await api.ask("PUT", f"/v1/spaces/{space.hex()}/joins", token, form)
        return answer.code or str(answer.status)

    mine = keys.join("member", first.member, first.head)
    assert await join(tokens[1], mine) == "bad-invite"
    assert await join(tokens[0], keys.join("owner", first.member, first.head)) == "bad-invite"
    assert await join(tokens[0], mine, coalition.id) == "not-found"
    assert await join(tokens[0], mine, bytes(32)) == "not-found"
    assert await join(tokens[0], spoil(mine)) in {"bad-signature", "malformed"}
    assert await join(tokens[0], mine) == "204"
    assert await join(tokens[1], keys.join("member", second.member, second.head)) == "conflict"
    assert await join(tokens[1], other.join("member", second.member, second.head)) == "204"
    call.admit(owner, first, "member", keys)
    await api.push(owners, call)
    assert await join(tokens[1], keys.join("member", second.member, second.head)) == "bad-invite"


def _with_key_of(other: Person) -> Person:
    """Somebody who gives another's sealing key out as their own."""
    device = make_device("thief of", other.name)
    sealing = other.identity.devices[other.device.id].sealing
    login = begin(device.begin_identity(1)).devices[device.id].login
    announcement = Announcement(ZERO, "computer", device.id, sealing, login)
    change = AddDevice(device.sign(Label.ANNOUNCEMENT, announcement))
    item = device.sign(Label.IDENTITY, IdentityEntry(ZERO, 0, ZERO, device.id, 1, change))
    identity = begin(item)
    return Person("thief", identity.member, identity, [item], [device])


async def test_M10_a_join_request_with_a_key_of_a_member_is_refused(api: Api, coalition: Space) -> None:
    owner, ally = coalition.founder, somebody()
    call = await api.open_call(coalition, (ally, "member"))
    keys = call.invite(owner)
    await api.push(await api.token(owner), call)
    thief = _with_key_of(ally)
    assert (await api.open_account((await api.log_in_invited(keys)).json["token"], thief)).status == 200
    form = {"request": b64(keys.join("member", thief.member, thief.head)), "letter": ""}
    path = f"/v1/spaces/{call.id.hex()}/joins"
    answer = await api.ask("PUT", path, await api.token(thief), form)
    assert (answer.status, answer.code) == (422, "bad-key")
    assert (await api.ask("GET", path, await api.token(owner))).json == {"joins": []}


async def test_M12_a_join_request_with_an_identity_too_large_is_refused(api: Api, coalition: Space) -> None:
    owner, joiner = coalition.founder, somebody()
    call = await api.open_call(coalition)
    keys = call.invite(owner)
    await api.push(await api.token(owner), call)
    while sum(map(len, joiner.items)) <= IDENTITY_BYTES:
        joiner.remove_device(joiner.add_device())
    assert (await api.open_account((await api.log_in_invited(keys)).json["token"], joiner)).status == 200
    form = {"request": b64(keys.join("member", joiner.member, joiner.head)), "letter": ""}
    answer = await api.ask("PUT", f"/v1/spaces/{call.id.hex()}/joins", await api.token(joiner), form)
    assert (answer.status, answer.code) == (413, "too-large")


async def test_a_destroyed_space_keeps_entries_and_digests(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    await _write(api, call, ally)
    call.destroy(coalition.founder)
    await api.push(await api.token(coalition.founder), call)
    token = await api.token(ally)
    assert shown(await api.items(token, call.id)) == [place.item if place.kind == 0 else None for place in call.places]
    late = await api.send(token, call.id, call.places[-2])
    assert late.status == 200
    assert (await api.put_chunk(token, call.id, bytes(16), 0, b"chunk")).code == "destroyed"
