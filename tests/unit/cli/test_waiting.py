"""What somebody is told who waits to be let in, or has nothing yet."""

import json

from securecall_client.errors import ProfileError
from securecall_client.results.common import Named
from securecall_client.results.exercises import Answered
from securecall_client.results.people import Joined
from securecall_client.results.status import Status

WAITS = Joined(
    member="a" * 64,
    words="harbour violin moss ladder ember quiet",
    state="waiting",
    waiting_for=[Named(name="Sec"), Named(name="Bob")],
    since="2026-11-22T15:00:00+00:00",
    space="b" * 64,
    title="Harbour",
    role="member",
    ends=None,
)
NOT_IN = ProfileError("This profile has not finished joining.", code="not-joined")


def test_a_join_that_waits_says_for_whom_since_when_and_what_to_do(run, acts) -> None:
    acts.give("acts.joining.join", WAITS)
    out = run("join", "--name", "N", "--from", "code.txt", "--no-wait")[1]
    for words in (
        "You are not in yet",
        "2026-11-22",
        "must be online",
        "Sec, Bob",
        "by another way",
        "harbour violin moss ladder ember quiet",
        "securecall join",
    ):
        assert words in out


def test_so_does_the_status_of_who_waits(run, acts) -> None:
    acts.give("acts.status.status", NOT_IN)
    acts.give(
        "acts.joining.waiting",
        Status(spaces=[], outbox=0, waiting=[], alarms=[], reached=False, why=None, joining=WAITS),
    )
    code, out, _ = run("status")
    assert code == 0
    for words in ("You are not in Harbour yet", "Sec, Bob", "securecall join"):
        assert words in out
    assert "On this computer" not in out
    assert json.loads(run("status", "--json")[1])["joining"]["state"] == "waiting"


def test_a_founding_that_was_cut_short_is_no_join(run, acts) -> None:
    acts.give("acts.status.status", NOT_IN)
    acts.give("acts.joining.waiting", ProfileError("This profile has joined already.", code="joined-already"))
    code, out, _ = run("status", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "not-joined")


def test_before_any_profile_the_ways_to_one_are_named(run, place) -> None:
    place.home.mkdir()
    code, _, err = run("status")
    assert code == 1
    assert "securecall join" in err
    assert "securecall found" in err


FOUND = ["found", "Harbour", "--server", "S", "--name", "N", "--org", "O", "--from", "code.txt"]


def test_confirmations_name_titles(run, acts) -> None:
    assert "Harbour has begun" in run(*FOUND)[1]
    for words in (["call", "close", "C"], ["call", "invite", "C", "M"], ["exercise", "start", "C", "T"]):
        assert "Amina" in run(*words)[1].splitlines()[0]
    given = Answered(answer="a" * 32, title="Harbour", on_behalf_of=None, saved="server")
    acts.give("acts.exercises.answer_exercise", given)
    assert "Your answer to Harbour is saved" in run("exercise", "answer", "C", "E", "--file", "rows.toml")[1]
