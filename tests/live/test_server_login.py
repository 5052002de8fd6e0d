"""Login: who gets a token, and that everybody else hears the same."""

import asyncio

import pytest
from nacl.signing import SigningKey

from securecall.labels import Label
from securecall_keys.device import sign
from securecall_keys.secret import Secret
from tests.live.api import Api, b64, somebody
from tests.live.process import ServerProcess
from tests.world import Space

REFUSED = (401, "unauthorized")


async def test_a_device_logs_in(api: Api, coalition: Space) -> None:
    answer = await api.log_in_device(coalition.founder.device)
    assert answer.json["scope"] == "device"
    assert len(answer.json["token"]) == 64
    assert (await api.items(answer.json["token"], coalition.id)).status == 200


CLAIMS: dict[str, dict[str, object]] = {
    "another address": {"address": "http://127.0.0.1:1"},
    "another server": {"server": bytes(SigningKey(bytes(32)).verify_key)},
    "another greeting": {"server_nonce": bytes(32)},
    "another nonce of its own": {"client_nonce": bytes(32)},
    "another's name": {"subject": somebody().device.id},
}


@pytest.mark.parametrize("name", CLAIMS)
async def test_a_proof_that_claims_something_else_is_refused(name: str, api: Api, coalition: Space) -> None:
    answer = await api.log_in_device(coalition.founder.device, **CLAIMS[name])
    assert (answer.status, answer.code) == REFUSED


async def test_S29_the_signing_key_and_other_labels_do_not_log_in(api: Api, coalition: Space) -> None:
    device = coalition.founder.device
    for forged in (
        lambda login: device.sign(Label.LOGIN, login),
        lambda login: device.sign_login(Label.RECORD, login),
        lambda login: sign(Secret(bytes(32)), Label.LOGIN, login),
    ):
        answer = await api.log_in(device.id, forged)
        assert (answer.status, answer.code) == REFUSED


async def test_N02_a_proof_is_good_once(api: Api, coalition: Space) -> None:
    device = coalition.founder.device
    proof = await api.proof(device.id, lambda login: device.sign_login(Label.LOGIN, login))
    answers = [await api.ask("POST", "/v1/login", body={"proof": b64(proof)}) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 401]


async def test_G08_known_and_unknown_devices_get_the_same_answer(api: Api, coalition: Space) -> None:
    known = await api.log_in(coalition.founder.device.id, _wrong)
    unknown = await api.log_in(somebody().device.id, _wrong)
    garbage = await api.ask("POST", "/v1/login", body={"proof": b64(b"no proof")})
    assert known == unknown == garbage


def _wrong(login):
    return sign(Secret(bytes(32)), Label.LOGIN, login)


async def test_the_setup_code_works_once(api: Api, coalition: Space) -> None:
    answer = await api.log_in_setup()
    assert (answer.status, answer.code) == (409, "setup-code-used")


async def test_an_account_needs_an_invitation_that_stands(api: Api, coalition: Space) -> None:
    owner, guest = coalition.founder, somebody()
    token = await api.token(owner)
    assert (await api.open_account(token, guest)).status == 401
    keys = coalition.invite(owner)
    await api.push(token, coalition)
    invited = (await api.log_in_invited(keys)).json
    assert invited["scope"] == "invitation"
    for _ in range(2):
        assert (await api.open_account(invited["token"], guest)).json == {"member": guest.member.hex()}
    assert (await api.log_in_device(guest.device)).status == 200
    coalition.admit(owner, guest, "member", keys)
    await api.push(token, coalition)
    assert (await api.open_account(invited["token"], somebody())).code == "bad-invite"
    used = await api.log_in_invited(keys)
    assert (used.status, used.code) == (403, "bad-invite")


async def test_G03_an_invitation_opens_one_account(api: Api, coalition: Space) -> None:
    call = await api.open_call(coalition)
    keys = call.invite(coalition.founder)
    await api.push(await api.token(coalition.founder), call)
    tokens = [(await api.log_in_invited(keys)).json["token"] for _ in range(2)]
    first, second = somebody(), somebody()
    answers = await asyncio.gather(*(api.open_account(tokens[0], person) for person in (first, second)))
    assert sorted(answer.code or str(answer.status) for answer in answers) == ["200", "conflict"]
    won, lost = (first, second) if answers[0].status == 200 else (second, first)
    assert (await api.open_account(tokens[1], won)).json == {"member": won.member.hex()}
    assert (await api.open_account(tokens[1], lost)).code == "conflict"
    won.add_device()
    assert (await api.open_account(tokens[1], won)).status == 200
    assert (await api.log_in_device(won.devices[1])).status == 200
    assert (await api.log_in_device(lost.device)).status == 401


async def test_O08_a_flood_of_open_greetings_shuts_nobody_out(api: Api, coalition: Space) -> None:
    device = coalition.founder.device
    proof = await api.proof(device.id, lambda login: device.sign_login(Label.LOGIN, login))
    for _ in range(20):
        flood = (api.ask("POST", "/v1/hello", body={"nonce": "00" * 32}) for _ in range(50))
        assert {answer.status for answer in await asyncio.gather(*flood)} == {200}
    assert (await api.ask("POST", "/v1/login", body={"proof": b64(proof)})).status == 200


async def test_tokens_are_checked_in_form_and_value(api: Api, coalition: Space) -> None:
    path = f"/v1/spaces/{coalition.id.hex()}/items"
    token = await api.token(coalition.founder)
    for header in ("", token, f"bearer {token}", f"Bearer {token.upper()}", f"Bearer {token}0", f"Bearer {'0' * 64}"):
        answer = await api.ask("GET", path, headers={"Authorization": header})
        assert (answer.status, answer.code) == REFUSED


async def test_R04_T07_a_token_dies_with_its_device(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    lost = ally.add_device()
    call.name_devices(ally, ally)
    await api.push(await api.token(ally), call)
    token = await api.token(ally, lost)
    assert (await api.items(token, call.id)).status == 200
    async with api.session.ws_connect(f"{api.server.url}/v1/live") as socket:
        await socket.send_json({"token": token, "spaces": [call.id.hex()]})
        assert (await socket.receive_json())["seq"] == call.chain.next_seq - 1
        ally.remove_device(lost)
        call.name_devices(ally, ally)
        await api.push(await api.token(ally), call)
        assert (await api.items(token, call.id)).status == 401
        assert (await api.log_in_device(lost)).status == 401
        async with asyncio.timeout(10):
            async for _ in socket:
                pass


async def test_t07_a_removed_device_is_shown_its_removal_and_nobody_else_is(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    lost = ally.add_device()
    ally.remove_device(lost)
    call.name_devices(ally, ally)
    await api.push(await api.token(ally), call)
    answer = await api.log_in_device(lost)
    assert (answer.status, answer.code) == REFUSED
    assert answer.json["identity"] == [b64(item) for item in ally.items]
    for stranger in (await api.log_in(lost.id, _wrong), await api.log_in_device(somebody().device)):
        assert ((stranger.status, stranger.code), "identity" in stranger.json) == (REFUSED, False)


async def test_n03_a_token_is_its_server_s_its_scope_s_and_its_space_s(
    api: Api, coalition: Space, new_server: ServerProcess
) -> None:
    owner = coalition.founder
    token, path = await api.token(owner), f"/v1/spaces/{coalition.id.hex()}/items"
    invitation = coalition.invite(owner)
    await api.push(token, coalition)
    invited = (await api.log_in_invited(invitation)).json["token"]
    # For the purpose alone: an invitee reads what they are invited to, and does nothing else as anybody.
    call = await api.open_call(coalition)
    assert (await api.items(invited, coalition.id)).status == 200
    assert (await api.items(invited, call.id)).status == 404
    assert (await api.ask("POST", "/v1/mailboxes", invited, {"key": owner.device.id.hex()})).status == 401
    # In the header alone.
    for ask in (f"{path}?token={token}", f"{path}?access_token={token}"):
        assert (await api.ask("GET", ask)).status == 401
    assert (await api.ask("GET", path, headers={"Cookie": f"token={token}"})).status == 401
    # And for the server that gave it, until it ends.
    new_server.start()
    other = Api(new_server, api.session)
    await other.found(owner)
    assert (await other.items(token, coalition.id)).status == 401
    mine = await other.token(owner)
    new_server.kill()
    new_server.start()
    assert (await other.items(mine, coalition.id)).status == 401
