"""What `heal` says: what it did this time, what is lacking, and who is awaited (row O12)."""

import pytest

from securecall_client.results.healing import Healed, HealedSpace, HealingOwner


def space(**fields: object) -> HealedSpace:
    """A call that goes on, but for ``fields``."""
    plain: dict[str, object] = {
        "space": "a", "kind": "call", "name": "Freedonia", "put_back": 0, "entries": 0, "places": 9, "lacks": 0,
        "state": "open", "again": False, "owners": [HealingOwner(name="Sec", you=False)],
    }  # fmt: skip
    return HealedSpace(**{**plain, **fields})  # type: ignore[arg-type]  # each test gives the fields their types


CASES: dict[str, tuple[dict[str, object], bool, tuple[str, ...]]] = {
    "nothing to do": ({}, True, ("Nothing to do", "It goes on.")),
    "some put back": (
        {"put_back": 3, "entries": 1, "state": "whole"},
        False,
        ("3 items, in 1 space.", "3 items (1 change of people or keys, 2 records)", "heal --finish: Sec."),
    ),
    "again, nothing to put back": (
        {"state": "whole"},
        False,
        ("Nothing was put back this time", "heal --finish: Sec."),
    ),
    "an owner's own run": (
        {"state": "whole", "owners": [HealingOwner(name="Sec", you=True), HealingOwner(name="Bob", you=False)]},
        False,
        ("heal --finish: you, Bob.",),
    ),
    "others have the rest": ({"state": "lacking", "lacks": 2}, False, ("2 items that others", "Awaited: whoever else")),
    "let go on": ({"again": True}, True, ("The server goes on, and so does everybody.", "again from now on")),
}


@pytest.mark.parametrize("case", CASES)
def test_o12_heal_tells_what_it_did_this_time(run, acts, case: str) -> None:
    fields, lifted, said = CASES[case]
    acts.give("acts.healing.heal", Healed(spaces=[space(**fields)], lost=[], lifted=lifted))
    code, out, _ = run("heal")
    assert code == 0
    for words in said:
        assert words in out
