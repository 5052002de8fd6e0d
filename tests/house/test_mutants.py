"""What `make mutants` takes out is there: no switch is stale, none stands twice, and off means off."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.mutants import probe
from tests.mutants.places import BY_RETURNING, MODULES, SAME_WITHOUT
from tests.mutants.switches import Instrumented

COPIES = {module: Instrumented(module, path.read_text("utf-8")) for module, path in MODULES.items()}
NAMES = [name for copy in COPIES.values() for name in copy.names]

SOURCE = """
def check(one, other):
    if one < 0 or other < 0:
        raise ValueError("negative")
    if (one, other) != (1, 2):
        raise ValueError("others")

def both(one, other):
    check(one, other)
"""


def test_every_switch_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(NAMES).items() if count > 1] == []


def test_whatever_is_said_of_a_switch_or_a_function_is_said_of_one_that_is_there() -> None:
    assert set(SAME_WITHOUT) - set(NAMES) == set()
    functions = {name.partition(": ")[0] for name in NAMES}
    assert functions >= BY_RETURNING


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [("m.check: one", 7, 2), ("m.check: other", 1, 7), ("m.both: check(one, other)", -1, -1)],
)
def test_a_verification_that_is_off_refuses_nothing(
    name: str, one: int, other: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Instrumented("m", SOURCE)
    module: dict[str, Callable[[int, int], None]] = {}
    exec(compile(copy.tree, "m", "exec"), module)  # noqa: S102  the program is the constant above
    with pytest.raises(ValueError, match=r"negative|others"):
        module["both"](one, other)
    assert name in probe.refused
    monkeypatch.setattr(probe, "off", name)
    module["both"](one, other)


def test_each_part_of_an_or_has_a_switch() -> None:
    assert {"m.check: one < 0", "m.check: other < 0"} <= set(Instrumented("m", SOURCE).names)
