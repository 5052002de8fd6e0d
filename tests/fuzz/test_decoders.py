"""Every decoder that meets outside bytes refuses what is not good by its one typed error, and hangs on nothing."""

from collections.abc import Callable

import pytest

from tests.fuzz.engine import SECONDS, fuzz
from tests.fuzz.registry import TARGETS
from tests.fuzz.target import Target

every = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name.replace(" ", "_"))


@every
def test_s16_s28_f09_m12_whatever_comes_is_read_as_one_thing_or_refused_in_one_way(
    target: Target, record_property: Callable[[str, object], None]
) -> None:
    tally = fuzz(target, len(TARGETS))
    if SECONDS:
        record_property("figure", f"{target.name}: {tally.tried:,} inputs tried, {tally.taken:,} of them read")
    assert tally.tried


@every
def test_what_is_good_is_read(target: Target) -> None:
    samples = target.samples()
    assert samples
    assert [sample for sample in samples if not target.take(sample)] == []
