"""What a hostile act must come to, whichever it is: told in the right words, and without a trace.

`check` plays one act on a scene of its own and sees to every half of the sentence: the grade of alarm and the exit
code, the profile as it was before the false reply but for the alarm, nothing in the download folder, the same requests
as when that very reply is lost (row S23), and honest people beside it who go on, as does whoever was lied to once the
lie ends.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from securecall_client.acts import status
from securecall_client.errors import ProofError, SecureCallError
from securecall_client.profile import Profile
from securecall_client.results.status import AlarmLine
from tests.simulator.field import Attempt, Field
from tests.simulator.hostile import Hostile
from tests.simulator.people import Person, check_plain, kept

Grade = Literal["proof", "odd", "refused", "late", "none"]
"""`proof`: stop, exit code 3. `odd`: an alarm for the secretariat. `refused`: an error of the moment, without an alarm.
`late`: as if the line were bad. `none`: nothing is believed of it, and nothing need be said."""
INSIDE = ("Ann", "Sec", "Cem")
"""Who is in the call, and can look at it afterwards."""
Lie = Callable[[Field, Hostile], Awaitable[None]]
"""What makes the server lie to somebody: how it treats them comes second."""
_EXIT_CODES: dict[Grade, tuple[int, ...]] = {
    "proof": (3,), "odd": (1,), "refused": (1,), "late": (1, 4), "none": ()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """A hostile act: what ``lie`` makes of the server toward ``victim``, and what comes of it when they ``attempt``.

    ``words`` stand in what is told, of a `proof` or `odd` in the alarm. With ``goes_on`` the client may ask on, since
    anybody can see that it must; with ``takes`` what is true in a reply is taken over, and stays.
    """

    rows: str
    lie: Lie
    attempt: Attempt
    grade: Grade = "proof"
    words: str = ""
    victim: str = "Ann"
    goes_on: bool = False
    takes: bool = False


async def check(act: Act, field: Field, root: Path) -> None:
    """Play ``act`` and see that it comes to what it must."""
    lied = field.copy(root / "lied")
    victim = lied.stage[act.victim]
    seen: list[dict[str, object]] = []
    await act.lie(lied, victim.hostile)
    victim.hostile.struck, victim.hostile.witness = None, lambda: seen.append(_kept(victim))
    first = len(victim.hostile.requests)
    error = await _play(act, lied, victim)
    await _check_told(act, error, victim)
    _need(act.takes or [_kept(victim)] == seen, "the profile is not as it was")
    _need(not list(lied.downloads.iterdir()), "something lies in the download folder")
    if not act.goes_on:
        await _check_no_oracle(act, victim.hostile.requests[first:], field.copy(root / "lost"))
    await _check_honest_flow(act, lied, victim)


async def _play(act: Act, field: Field, victim: Person) -> SecureCallError | None:
    error: SecureCallError | None = None
    try:
        await act.attempt(field, victim)
    except SecureCallError as caught:
        error = caught
    _need(victim.hostile.struck is not None, "nothing false was said")
    return error


async def _check_told(act: Act, error: SecureCallError | None, victim: Person) -> None:
    """The right grade, in plain words of its own; exit code 3 and a kept alarm for proof alone."""
    if error is not None:
        check_plain(error, *_EXIT_CODES[act.grade])
    _need(isinstance(error, ProofError) == (act.grade == "proof"), f"{type(error).__name__}: {error}")
    alarms = await _alarms(victim)
    told = [str(error)] if act.grade in ("proof", "refused") else [alarm.message for alarm in alarms]
    _need(act.grade in ("late", "none") or [act.words in each for each in told] == [True], f"it says {told}")
    standing = [(alarm.grade, alarm.message) for alarm in alarms]
    due = {"proof": [("proof", str(error))], "odd": [("odd", told[0])] if told else []}.get(act.grade, [])
    _need(standing == (due if _exists(victim) else []), f"the alarms are {standing}")


async def _check_no_oracle(act: Act, asked: list[str], field: Field) -> None:
    """What is asked, and then no more, is what is asked of an honest server where the line is lost after that."""
    victim = field.stage[act.victim]
    await act.lie(field, victim.hostile)
    _be_honest(field, victim)
    before = len(victim.hostile.requests)
    victim.hostile.lose(len(asked) - 1, "reply")
    try:
        await act.attempt(field, victim)
    except SecureCallError as error:
        _need(not isinstance(error, ProofError), f"a lost reply is told as proof: {error}")
    lost = victim.hostile.requests[before:]
    _need(lost == asked, f"{asked} was asked, of a lost line {lost}")


async def _check_honest_flow(act: Act, field: Field, victim: Person) -> None:
    """Others go on meanwhile; whoever was lied to does so too once they are told the truth."""
    stage = field.stage
    _need(await stage["Bob"].answer(stage.call, "beside it") == "server", "Bob was held up")
    _be_honest(field, victim)
    await victim.hostile.release()
    await act.attempt(field, victim)
    if act.victim in INSIDE:
        _need("beside it" in await victim.answers(stage.call), f"{act.victim} was held up")


def _be_honest(field: Field, victim: Person) -> None:
    victim.hostile.be_honest()
    victim.hostile.server = field.stage.server


def _need(holds: bool, otherwise: str) -> None:
    """An assertion that says what is wrong: pytest explains only those that stand in a test."""
    if not holds:
        pytest.fail(otherwise, pytrace=False)


async def _alarms(person: Person) -> list[AlarmLine]:
    """What is told of, without asking the server."""
    if not _exists(person):
        return []
    async with person.open(offline=True) as session:
        return (await status.status(session)).alarms


def _exists(person: Person) -> bool:
    return Profile(person.home).exists()


def _kept(person: Person) -> dict[str, object]:
    return kept(person) if _exists(person) else {}
