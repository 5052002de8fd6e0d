"""A second client, written from `docs/protocol.md` alone, judges and opens the histories in `keys/vectors`.

Nothing here imports SecureCall: the messages, labels, rights and caps are read from the page's own tables, and the
rules are written from its sentences. What this test needs and the page does not say, the page lacks.
"""

import base64
import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.signing import SigningKey

from tests.vectors import page
from tests.vectors.page import Message, RefusedError, packed, read
from tests.vectors.stranger import ZERO, Device, Epoch, Sealing, context, digest, kdf, padme, signed, unfill, unseal
from tests.vectors.stranger_chain import CIRCLES, Chain

FOLDER = Path(__file__).parents[2] / "keys" / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


CHAIN, BEATS = load("chain"), load("beats")
SPACE = bytes.fromhex(CHAIN["space"])
DEVICES = {device.id: device for device in (Device(bytes.fromhex(secret)) for secret in CHAIN["devices"].values())}
AMINA = Device(bytes.fromhex(CHAIN["devices"]["amina 0"]))
FAULTS = sorted(path.stem for path in FOLDER.glob("fault-*.json"))

Keys = dict[bytes, dict[int, Epoch]]


def unhex(items: list[str]) -> list[bytes]:
    return [bytes.fromhex(item) for item in items]


def replay(places: int) -> Chain:
    chain = Chain(SPACE)
    for place in CHAIN["items"][:places]:
        chain.append(place["class"], bytes.fromhex(place["item"]), unhex(place["identities"]))
    return chain


def take_grants(chain: Chain, body: Message, boxes: dict[str, str], held: Keys) -> None:
    """Open every grant of an entry that was just appended, in the order of checks of section 6.2."""
    epoch, whose = chain.epoch, chain.counting()
    for line in body["grants"]:
        box, device, kind = bytes.fromhex(boxes[line["device"].hex()]), line["device"], line["kind"]
        assert digest("grant", box) == line["digest"]
        about = (ZERO if epoch == 0 else SPACE, epoch, body["previous"], chain.commits[epoch])
        opened = DEVICES[device].open(box, context("GrantContext", *about, whose[device][0], device, kind))
        keys = read("Granted", opened, page.CAPS["GRANT_BYTES"])["keys"]
        assert keys[-1]["epoch"] == epoch
        for one in keys:
            given = {"seed": one["key"]} if kind == "seed" else {"everyone": one["key"]}
            held.setdefault(device, {})[one["epoch"]] = Epoch(SPACE, one["epoch"], **given)
            assert held[device][one["epoch"]].commit() == chain.commits[one["epoch"]]


def tell(places: int) -> tuple[Chain, Keys, list[Message]]:
    """The chain after so many places, what each device holds, and what stood there."""
    chain, held, messages = Chain(SPACE), Keys(), []
    for place in CHAIN["items"][:places]:
        message = chain.append(place["class"], bytes.fromhex(place["item"]), unhex(place["identities"]))
        messages.append(message)
        if place["class"] == 0:
            take_grants(chain, message["body"], place["grants"], held)
    return chain, held, messages


def test_the_stranger_has_nothing_of_ours() -> None:
    sources = [*Path(__file__).parent.glob("stranger*.py"), Path(__file__).with_name("page.py"), Path(__file__)]
    imports = re.compile(r"^\s*(?:import|from) ([\w.]+)", re.MULTILINE)
    names = {name for source in sources for name in imports.findall(source.read_text("utf-8"))}
    assert not [name for name in names if name.startswith("securecall")]


def test_the_chain_is_accepted_with_the_same_heads_commitments_and_code() -> None:
    chain = replay(len(CHAIN["items"]))
    assert [head.hex() for head in chain.heads] == CHAIN["heads"]
    assert {str(epoch): commit.hex() for epoch, commit in chain.commits.items()} == CHAIN["commits"]
    assert chain.destroyed
    bits = "".join(f"{byte:08b}" for byte in digest("code", chain.heads[-1]))
    assert len([int(bits[at : at + 11], 2) for at in range(0, 66, 11)]) == len(CHAIN["code"].split())


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_refused_with_its_problem(name: str) -> None:
    fault = load(name)
    chain = replay(fault["after"])
    with pytest.raises(RefusedError) as caught:
        chain.append(fault["class"], bytes.fromhex(fault["item"]), unhex(fault["identities"]))
    assert caught.value.code == fault["expect"]


def test_grants_records_seals_and_links_open() -> None:
    chain, held, messages = tell(len(CHAIN["items"]))
    opened = {}
    for seq, (place, message) in enumerate(zip(CHAIN["items"], messages, strict=True)):
        if place["class"]:
            header = message["header"]
            key = held[AMINA.id][header["epoch"]].key(CIRCLES[place["class"]], "records")
            opened[str(seq)] = unfill(unseal(key, message["box"], packed("Header", header))).decode()
    assert opened == CHAIN["contents"]
    for message in messages:
        start = message.get("body", {}).get("start")
        if start is not None and start["links"]:
            older = held[AMINA.id][start["epoch"]].older(start["links"][0])
            assert older.commit() == chain.commits[older.epoch]


def test_what_an_entry_says_under_seal_opens() -> None:
    _, held, [create] = tell(1)
    body = sha256(packed("EntryBody", create["body"])).digest()
    said = {
        circle: unfill(
            unseal(
                held[AMINA.id][0].key(circle, "entries"), create["sealed"][circle], context("SealContext", circle, body)
            )
        )
        for circle in ("everyone", "allies")
    }
    assert said == {"everyone": b"", "allies": b"Amina"}


def test_a_guest_holds_the_key_for_everyone_alone() -> None:
    _, held, _ = tell(6)
    guest = Device(bytes.fromhex(CHAIN["devices"]["guest 0"]))
    assert [keys.seed for keys in held[guest.id].values()] == [None]


@pytest.mark.parametrize("beat", BEATS["beats"], ids=lambda beat: beat["about"])
def test_each_beat_is_judged_as_it_says_and_the_good_ones_open(beat: dict[str, Any]) -> None:
    chain, held, _ = tell(beat["after"])
    if beat["expect"] != "valid":
        with pytest.raises(RefusedError) as caught:
            chain.beat(bytes.fromhex(beat["beat"]))
        assert caught.value.code == beat["expect"]
        return
    message = chain.beat(bytes.fromhex(beat["beat"]))
    header = packed("BeatHeader", message["header"])
    box = unseal(held[AMINA.id][chain.epoch].key("everyone", "beats"), message["box"], header)
    assert len(box) == 364 - len(header)
    text = read("BeatText", unfill(box, len(box)), len(box))
    assert {name: shown(value) for name, value in text.items() if name} == BEATS["text"]


def shown(value: Any) -> Any:
    """A value as the vectors write it: bytes in hexadecimal, messages as maps."""
    if isinstance(value, dict):
        return {name: shown(one) for name, one in value.items() if name}
    if isinstance(value, list):
        return [shown(one) for one in value]
    return value.hex() if isinstance(value, bytes) else value


def test_keys_and_texts_follow_from_their_secrets() -> None:
    given = load("keys")
    device = Device(bytes.fromhex(given["device"]["secret"]))
    assert (device.id.hex(), device.sealing.hex()) == (given["device"]["id"], given["device"]["sealing"])
    epoch = Epoch(bytes.fromhex(given["epoch"]["space"]), 3, seed=bytes.fromhex(given["epoch"]["seed"]))
    assert epoch.commit().hex() == given["epoch"]["commit"]
    assert epoch.key("allies", "records").hex() == given["epoch"]["records"]
    text = from_text("InvitationText", given["invitation"]["text"])
    seed = kdf(text["secret"], context("InvitationContext", "signing", text["space"]))
    assert bytes(SigningKey(seed).verify_key).hex() == given["invitation"]["key"]


def from_text(kind: str, text: str) -> Message:
    """A text of section 10.1."""
    letters = re.sub(r"[\s-]", "", text).upper()
    data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    assert sha256(data[:-4]).digest()[:4] == data[-4:]
    return read(kind, data[:-4], 4096)


def values(name: str) -> dict[str, str]:
    """A block of values on the page."""
    found = re.search(rf"^```values {name}\n(.*?)^```$", page.TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return dict(line.split(" = ", 1) for line in found[1].splitlines())


def test_linking_as_the_page_derives_it() -> None:
    told = values("linking")
    text = from_text("LinkingText", told["text"])
    assert [text[name].hex() for name in ("secret", "member", "identity")] == [
        told[name] for name in ("secret", "member", "identity")
    ]
    keys = {
        purpose: kdf(text["secret"], context("LinkingContext", purpose, text["member"], text["identity"]))
        for purpose in ("signing", "sealing")
    }
    assert bytes(SigningKey(keys["signing"]).verify_key).hex() == told["signing key, public"]
    assert keys["sealing"].hex() == told["sealing key"]


def test_both_messages_of_a_linking() -> None:
    given, new = load("linking"), Device(bytes.fromhex(load("linking")["secret of the new device"]))
    text = from_text("LinkingText", given["text"])
    about = (text["member"], text["identity"])
    mailbox = bytes(SigningKey(kdf(text["secret"], context("LinkingContext", "signing", *about))).verify_key)
    assert mailbox.hex() == given["mailbox"]
    request, key, _, _ = signed(bytes.fromhex(given["request"]), "linking", "LinkingRequest", 9216)
    assert (key, request["member"], request["identity"]) == (mailbox, *about)
    device, by, _, _ = signed(request["announcement"], "announcement", "Announcement", page.CAPS["IDENTITY_BYTES"])
    assert (by, device["signing"], device["login"], device["sealing"]) == (new.id, new.id, new.login, new.sealing)
    assert (device["member"], device["kind"]) == (text["member"], "computer")
    sealing = kdf(text["secret"], context("LinkingContext", "sealing", *about))
    answer = unfill(unseal(sealing, bytes.fromhex(given["answer"]), context("LinkingAnswerContext", mailbox, new.id)))
    assert answer.hex() == given["opened"]
    told = read("LinkingAnswer", answer, page.CAPS["MAIL_BYTES"])
    assert told["home"] == told["spaces"][0]["space"] == told["spaces"][1]["parent"]


def test_a_sealed_answer_opens_by_the_exercise_s_key_and_by_its_author_s_device() -> None:
    given = {name: bytes.fromhex(value) for name, value in load("sealed-answers").items() if name != "about"}
    facilitator, author = (Device(given[f"secret of the {who}'s device"]) for who in ("facilitator", "author"))
    space, exercise, key = given["space"], given["exercise"], given["key"]
    assert Sealing(given["half"]).public == key
    passed = context("ExerciseKeyContext", space, exercise, key, facilitator.id)
    assert facilitator.open(given["share"], passed) == given["half"]
    sealed = read("SealedText", given["sealed"], 57344)
    box, commit, text = (
        context("AnswerContext", use, space, exercise, given["author"], given["record"])
        for use in ("box", "commit", "text")
    )
    [own] = sealed["boxes"]
    assert own["device"] == author.id
    for secret in (Sealing(given["half"]).open(sealed["box"], box), author.open(own["box"], box)):
        assert secret == given["secret"]
        assert kdf(secret, commit) == sealed["commit"]
        assert unfill(unseal(kdf(secret, text), sealed["text"], text)) == given["answer"]


def test_a_sealed_page_and_its_reply_open_with_the_code() -> None:
    given = load("pages")
    raw = base64.b32decode(given["code"].replace("-", "").upper())
    code, number = raw[:16], bytes.fromhex(given["page"])
    assert raw[16:] == sha256(code).digest()[:4]
    for purpose, held in (("page", "shown"), ("reply", "said")):
        sealed, head = bytes.fromhex(given[f"sealed {purpose}"]), f"securecall/1 {purpose}".encode() + b"\x00" + number
        assert sealed.startswith(head)
        nonce, box = sealed[len(head) : len(head) + 12], sealed[len(head) + 12 :]
        key = kdf(code, context("PageContext", purpose, number))
        assert unfill(AESGCM(key).decrypt(nonce, box, head)).hex() == given[held]


def test_padding_as_the_page_lists_it() -> None:
    told = values("padme")
    assert {size: str(padme(int(size))) for size in told} == told
