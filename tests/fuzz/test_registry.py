"""No decoder of the product is left out: its source is walked for them (`scan`), and each must be reached by a target
that is given what is good for it, or stand here with the reason why nothing from outside comes to it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

import pytest

from securecall.points import check_sealing, check_signing
from securecall_client.work import template
from tests.fuzz.registry import TARGETS
from tests.fuzz.scan import sites

INSIDE = {
    "securecall.code:_words_of": "numbers out of a digest of our own",
    "securecall.exhibits:_knew": "an entry that the chain has just read, and refused for what it means",
    "securecall_client.acts.inviting_people:_until": "a time that this program has just written",
    "securecall_client.acts.joining:_minute": "one's own identity entry, made a moment ago",
    "securecall_client.cli.paste:read_line": "a terminal's bytes, taken as text whatever they are",
    "securecall_client.content:write": "what it has just encoded",
    "securecall_client.file_names:_cut": "a name that was text before it was cut",
    "securecall_client.http_body:Body.decode": "one's own body, for whoever prints a request",
    "securecall_client.outgoing:Sealer.made": "an item that this device signed, from its own database",
    "securecall_client.outbox:Outbox._send": "the same item",
    "securecall_keys.author:Author.create": "an entry that it has just signed",
    "securecall_client.cli.evidence:verify": "the id of a space out of a case that was judged",
    "securecall_client.acts.admitting:admit_one": "the id of somebody who asks, out of what was verified",
    "securecall_client.acts.overview:_undecided": "the id of an exercise out of a result of ours",
    "securecall_client.acts.people:members_of_call": "the id of a member out of a result of ours",
    "securecall_client.acts.sheet_kept:note_made": "the id of a device out of a result of ours",
    "securecall_client.web.language:_local": "a time out of a result of ours",
    "securecall_client.unsent:_place": "an id that the pattern of a page's path let through",
    "securecall_client.unsent:_read": "words that this profile sealed; a draft that came by another way is fuzzed",
    "securecall_client.web.form:Form.text_or_file": "a person's own file, taken as text or refused",
    "securecall_client.web.form:_text": "what a person typed in a field, taken as text or refused",
    "securecall_client.web.pages.answering:sheet": "the same; what stands in it is read by `read_answer_text`",
    **{
        f"securecall_client.web.pages.{place}": "an id that the router's pattern let through"
        for place in (
            "call:call",
            "call_people:_about",
            "call_people:about_removing",
            "call_people:members",
            "discussion:_talk",
            "documents:listing",
            "in_call:in_call",
            "pair:_view",
            "invitations:invite_to_call",
        )
    },
    "securecall_client.web.pages.documents:way": "an id that this page has just shown",
    "securecall_client.web.pages.home:_when": "a time out of a result of ours",
    "securecall_client.web.typed:local_time": "what a person picked in a field, or a sentence that it is no time",
    "securecall_server.check:_take": "an item of a chain that was just verified",
    "securecall_client.replica:Replica.signed": "a place, and a statement that `read` judges, out of its own database",
    "securecall_server.routes.healing:_lacked": "a digest that its form let through",
    "securecall_server.routes.healing:lift": "a head that its form let through",
    "securecall_server.routes.bodies:path_id": "what the router's pattern for ids let through",
    "securecall_server.routes.login:hello": "a nonce that its form let through",
    "securecall_server.routes.mailboxes:begin": "a key that its form let through",
    "securecall_server.routes.spaces:create": "an item, as an offer reads it too; and tests/live/test_openapi.py",
    "securecall_server.serving:_start": "a setup key that the form of the settings let through",
    "securecall_server.store.postgres:Listener._notified": "ids that the servers on one database tell each other",
}


@pytest.fixture(scope="module")
def reached() -> set[str]:
    """The functions that run when every target is given what is good for it."""
    found: set[str] = set()
    codes: dict[CodeType, str] = {}

    def look(frame: FrameType, event: str, _value: object) -> None:
        code = frame.f_code
        if event == "call" and code not in codes:
            name = f"{frame.f_globals.get('__name__')}:{code.co_qualname.partition('.<locals>')[0]}"
            codes[code] = name
            found.add(name)

    for target in TARGETS:
        samples = target.samples()
        check_signing.cache_clear()
        check_sealing.cache_clear()
        template.parse.cache_clear()
        with profiled(look):
            for sample in samples:
                target.take(sample)
    return found


@contextmanager
def profiled(look: Callable[[FrameType, str, object], None]) -> Iterator[None]:
    """See every call in the block."""
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


def test_f09_every_decoder_of_the_product_is_fuzzed_or_meets_nothing_from_outside(reached: set[str]) -> None:
    missing = sorted(sites() - reached - INSIDE.keys())
    assert missing == [], f"Give these a target in tests/fuzz, or say in INSIDE why not: {missing}"


def test_no_exemption_is_stale() -> None:
    assert sorted(INSIDE.keys() - sites()) == []


def test_no_two_targets_have_one_name() -> None:
    names = [target.name for target in TARGETS]
    assert len(names) == len({*names})
