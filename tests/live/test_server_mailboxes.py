"""Mailboxes of the real server: only the two who share a linking text meet there, once, for ten minutes (S03, N02)."""

from pathlib import Path

import pytest
from nacl.signing import SigningKey

from securecall import caps
from securecall.errors import InvalidError
from securecall_keys.linking import LinkingKeys
from securecall_server.errors import RefusedError
from securecall_server.mailboxes import LIFE, Mailboxes
from securecall_server.store import ConflictError, open_store
from securecall_server.tokens import Caller
from tests.live.api import Answer, Api, b64, somebody
from tests.world import Space

SMALL_ORDER = bytes.fromhex("01" + "00" * 31)


def fresh(api: Api, space: Space) -> LinkingKeys:
    return LinkingKeys.fresh(api.server.url, space.founder.member, bytes(32))


async def opened(api: Api, space: Space) -> tuple[LinkingKeys, str]:
    """A mailbox of the founder's, and the token of its device."""
    keys, token = fresh(api, space), await api.token(space.founder)
    assert (await api.ask("POST", "/v1/mailboxes", token, {"key": keys.public.hex()})).status == 204
    return keys, token


async def holder(api: Api, keys: LinkingKeys) -> Answer:
    """A login by whoever holds the text."""
    return await api.log_in(keys.public, keys.sign_login)


def path(keys: LinkingKeys) -> str:
    return f"/v1/mailboxes/{keys.public.hex()}"


async def test_the_two_leave_each_other_a_message_each(api: Api, coalition: Space) -> None:
    keys, old = await opened(api, coalition)
    answer = await holder(api, keys)
    assert answer.json["scope"] == "mailbox"
    new = answer.json["token"]
    assert (await api.ask("GET", path(keys), old)).json == {"request": None, "answer": None}
    for token, mail in ((new, b"request"), (old, b"answer"), (new, b"request")):
        assert (await api.ask("PUT", path(keys), token, {"mail": b64(mail)})).status == 204
    for token in (old, new):
        assert (await api.ask("GET", path(keys), token)).json == {"request": b64(b"request"), "answer": b64(b"answer")}
    assert (await api.ask("PUT", path(keys), new, {"mail": b64(b"another")})).code == "conflict"


async def test_S03_nobody_else_reads_or_writes_a_mailbox(api: Api, coalition: Space) -> None:
    keys, _ = await opened(api, coalition)
    other = somebody()
    await api.open_call(coalition, (other, "member"))
    assert (await holder(api, fresh(api, coalition))).code == "unauthorized"
    for token in (await api.token(other), "0" * 64):
        for method, body in (("GET", None), ("PUT", {"mail": b64(b"mine")})):
            answer = await api.ask(method, path(keys), token, body)
            assert answer.code in ("not-found", "unauthorized")
    assert (await api.ask("POST", "/v1/mailboxes", await api.token(other), {"key": keys.public.hex()})).code == (
        "conflict"
    )


async def test_S03_the_holder_of_a_text_may_nothing_else(api: Api, coalition: Space) -> None:
    keys, _ = await opened(api, coalition)
    token = (await holder(api, keys)).json["token"]
    for method, where, body in (
        ("GET", f"/v1/spaces/{coalition.id.hex()}/items", None),
        ("GET", f"/v1/spaces/{coalition.id.hex()}/joins", None),
        ("POST", "/v1/mailboxes", {"key": "22" * 32}),
        ("POST", "/v1/members", {"identity": [b64(item) for item in somebody().items]}),
    ):
        assert (await api.ask(method, where, token, body)).status in (401, 404)


async def test_N02_the_newest_mailbox_of_a_member_counts(api: Api, coalition: Space) -> None:
    first, _ = await opened(api, coalition)
    second, _ = await opened(api, coalition)
    assert (await holder(api, first)).code == "unauthorized"
    assert (await holder(api, second)).status == 200


@pytest.mark.parametrize(
    ("key", "status"),
    [(SMALL_ORDER.hex(), 422), ("00", 400), ("AA" * 32, 400)],
    ids=["small order", "short", "capitals"],
)
async def test_M09_a_mailbox_takes_a_sound_key_alone(key: str, status: int, api: Api, coalition: Space) -> None:
    token = await api.token(coalition.founder)
    assert (await api.ask("POST", "/v1/mailboxes", token, {"key": key})).status == status


async def test_O10_a_message_has_a_cap(api: Api, coalition: Space) -> None:
    keys, old = await opened(api, coalition)
    for mail, status in ((bytes(caps.MAIL_BYTES), 204), (bytes(caps.MAIL_BYTES + 1), 400), (b"", 400)):
        assert (await api.ask("PUT", path(keys), old, {"mail": b64(mail)})).status in (status, 409)
    assert (await api.ask("PUT", path(keys), old, {"mail": b64(bytes(3 * caps.MAIL_BYTES))})).status == 413


async def test_N02_a_mailbox_ends_after_ten_minutes(tmp_path: Path) -> None:
    store, now = await open_store(f"sqlite:///{tmp_path}/server.db"), 1_000_000
    mailboxes = Mailboxes(store, lambda: now)
    key = bytes(SigningKey(bytes(32)).verify_key)
    old, new = Caller("device", b"\x01" * 32, b"\x02" * 32), Caller("mailbox", key, b"")
    try:
        await mailboxes.open(old, key)
        now += LIFE - 1
        assert await mailboxes.opened_by(key) == new
        await mailboxes.put(new, key, b"request")
        now += 1
        assert await mailboxes.opened_by(key) is None
        for caller in (old, new):
            with pytest.raises(RefusedError):
                await mailboxes.look(caller, key)
        other = Caller("device", b"\x03" * 32, b"\x04" * 32)
        now += 1
        await mailboxes.open(other, bytes(SigningKey(b"\x05" * 32).verify_key))
        assert await store.mailbox(key) is None
        with pytest.raises(ConflictError):
            await store.put_mail(key, "answer", b"late")
        with pytest.raises(InvalidError):
            await mailboxes.open(old, SMALL_ORDER)
    finally:
        await store.close()
