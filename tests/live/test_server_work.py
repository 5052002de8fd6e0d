"""What a request costs: nothing before its form is right, and the same for known and unknown (rows G08, O10)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from nacl.utils import random

from securecall import caps
from securecall.labels import Label
from securecall.wire import Signed, encode
from securecall_keys.device import sign
from securecall_keys.secret import Secret
from tests.live.api import Answer, Api, b64, item_json, somebody
from tests.live.here import Checks, served_here
from tests.world import Space

OTHER = random(32)
Asked = tuple[str, str, str | None, dict[str, object]]
"""Method, path, token and body."""


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with served_here(tmp_path / "data") as api:
        yield api


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    return Checks(monkeypatch)


def signed(payload: bytes) -> bytes:
    """Something with a signature of the right form that fits nothing."""
    return encode(Signed(payload, random(32), random(64)))


async def test_o10_m12_what_has_no_form_or_is_too_large_costs_no_signature(api: Api, checks: Checks) -> None:
    owner = somebody()
    coalition = await api.found(owner)
    token = await api.token(owner)
    keys = coalition.invite(owner)
    await api.push(token, coalition)
    invited = (await api.log_in_invited(keys)).json["token"]
    space = f"/v1/spaces/{coalition.id.hex()}"
    garbage = {"nothing": b"", "garbage": b"\xff" * 80, "half": signed(b"x")[:-9], "more": signed(b"x") + b"\0"}
    bad: dict[str, Asked] = {}
    for name, data in garbage.items():
        item: dict[str, object] = {"item": b64(data), "identities": [], "grants": {}}
        bad[f"login, {name}"] = ("POST", "/v1/login", None, {"proof": b64(data)})
        bad[f"record, {name}"] = ("POST", f"{space}/items", token, {"class": 2, **item})
        bad[f"entry, {name}"] = ("POST", f"{space}/items", token, {"class": 0, **item})
        bad[f"space, {name}"] = ("POST", "/v1/spaces", token, item)
        bad[f"identity, {name}"] = ("POST", "/v1/members", invited, {"identity": [b64(data)]})
        bad[f"join, {name}"] = ("PUT", f"{space}/joins", token, {"request": b64(data), "letter": ""})
    large: dict[str, Asked] = {
        "login": ("POST", "/v1/login", None, {"proof": b64(signed(bytes(caps.LOGIN_BYTES)))}),
        "record": ("POST", f"{space}/items", token, {
            "class": 2, "item": b64(signed(bytes(caps.RECORD_BYTES))), "identities": [], "grants": {}}),
        "entry": ("POST", f"{space}/items", token, {
            "class": 0, "item": b64(signed(bytes(caps.ENTRY_BYTES))), "identities": [], "grants": {}}),
        "identity": ("POST", "/v1/members", invited, {"identity": [b64(signed(bytes(caps.IDENTITY_BYTES)))]}),
        "join": ("PUT", f"{space}/joins", token, {"request": b64(signed(bytes(caps.JOIN_BYTES))), "letter": ""}),
        "letter": ("PUT", f"{space}/joins", token, {
            "request": b64(signed(b"x")), "letter": b64(bytes(caps.LETTER_BYTES + 1))}),
    }  # fmt: skip
    bad |= {f"too large, {name}": request for name, request in large.items()}
    checks.since()
    for name, (method, path, who, body) in bad.items():
        answer = await api.ask(method, path, who, body)
        assert (name, 400 <= answer.status < 500, checks.since()) == (name, True, 0)
    known = encode(Signed(b"x", owner.device.id, random(64)))
    assert (await api.ask("POST", "/v1/login", body={"proof": b64(known)})).status == 401
    assert checks.since() == 1


async def test_o10_without_a_token_for_it_nothing_is_checked(api: Api, checks: Checks) -> None:
    owner, ally = somebody(), somebody()
    coalition = await api.found(owner)
    keys = coalition.invite(owner)
    await api.push(await api.token(owner), coalition)
    coalition.admit(owner, ally, "member", keys)
    invited = (await api.log_in_invited(keys)).json["token"]
    space = f"/v1/spaces/{coalition.id.hex()}"
    checks.since()
    for token in (None, "0" * 64, invited):
        for method, path, body in (
            ("POST", "/v1/spaces", item_json(coalition.places[0], whole=False)),
            ("POST", f"{space}/items", item_json(coalition.places[-1])),
            ("PUT", f"{space}/joins", {"request": b64(bytes(200)), "letter": ""}),
        ):
            answer = await api.ask(method, path, token, body)
            assert (path, answer.status) == (path, 404 if token == invited and path.endswith("items") else 401)
    assert (await api.open_account(await api.token(owner), ally)).status == 401
    checks.since()
    assert (await api.open_account("0" * 64, ally)).status == 401
    assert checks.since() == 0


Ask = Callable[[Api, str, bytes], Awaitable[Answer]]
JOIN = {"request": "", "letter": ""}
SAME: dict[str, Ask] = {
    "items": lambda api, token, space: api.items(token, space),
    "append": lambda api, token, space: api.ask(
        "POST", f"/v1/spaces/{space.hex()}/items", token, {"class": 2, "item": "", "identities": [], "grants": {}}
    ),
    "grants": lambda api, token, space: api.ask("GET", f"/v1/spaces/{space.hex()}/grants", token),
    "joins": lambda api, token, space: api.ask("GET", f"/v1/spaces/{space.hex()}/joins", token),
    "a chunk": lambda api, token, space: api.put_chunk(token, space, bytes(16), 0, b"x"),
    "chunks": lambda api, token, space: api.ask("GET", f"/v1/spaces/{space.hex()}/blobs/{'0' * 32}", token),
    "a mailbox": lambda api, token, space: api.ask("GET", f"/v1/mailboxes/{space.hex()}", token),
    "mail": lambda api, token, space: api.ask("PUT", f"/v1/mailboxes/{space.hex()}", token, {"mail": b64(b"x")}),
}


async def stranger(api: Api, coalition: Space) -> str:
    """The token of somebody with an account and no space."""
    person, owner = somebody(), coalition.founder
    keys = coalition.invite(owner)
    await api.push(await api.token(owner), coalition)
    assert (await api.open_account((await api.log_in_invited(keys)).json["token"], person)).status == 200
    return await api.token(person)


async def test_g08_known_and_unknown_take_the_same_answer_and_the_same_work(api: Api, checks: Checks) -> None:
    owner = somebody()
    coalition = await api.found(owner)
    token = await stranger(api, coalition)
    mailbox = bytes(somebody().device.id)
    assert (await api.ask("POST", "/v1/mailboxes", await api.token(owner), {"key": mailbox.hex()})).status == 204
    for name, ask in SAME.items():
        known = mailbox if "mail" in name else coalition.id
        seen = []
        for target in (known, OTHER):
            checks.since()
            seen.append((await ask(api, token, target), checks.since()))
        assert (name, seen[0]) == (name, seen[1])
        assert (name, seen[0][0].status, seen[0][1]) == (name, 404, 0)


async def test_g08_g01_a_login_costs_one_signature_whoever_it_names(api: Api, checks: Checks) -> None:
    owner = somebody()
    coalition = await api.found(owner)
    invitation = coalition.invite(owner)
    await api.push(await api.token(owner), coalition)

    def wrong(login) -> bytes:
        return sign(Secret(bytes(32)), Label.LOGIN, login)

    seen = []
    for subject in (owner.device.id, invitation.public, somebody().device.id, random(32)):
        proof = await api.proof(subject, wrong)
        checks.since()
        seen.append((await api.ask("POST", "/v1/login", body={"proof": b64(proof)}), checks.since()))
    assert seen == [seen[0]] * 4
    assert (seen[0][0].status, seen[0][1]) == (401, 1)


async def test_g08_a_request_to_join_costs_the_same_wherever_it_is_put(api: Api, checks: Checks) -> None:
    owner, guest = somebody(), somebody()
    coalition = await api.found(owner)
    token = await stranger(api, coalition)
    keys = coalition.invite(owner)
    request = keys.join("member", guest.member, guest.head)
    seen = []
    for space in (coalition.id, OTHER):
        checks.since()
        body = {"request": b64(request), "letter": b64(bytes(1_040))}
        seen.append((await api.ask("PUT", f"/v1/spaces/{space.hex()}/joins", token, body), checks.since()))
    assert seen[0] == seen[1]
    assert (seen[0][0].status, seen[0][1]) == (404, 1)
