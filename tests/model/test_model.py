"""The sampled form of `make model`: the rules hold where few things happen, and the model can fail."""

from pathlib import Path

import pytest

from tests.model.runs import SAMPLE, Run, check


@pytest.mark.slow
@pytest.mark.parametrize("run", SAMPLE, ids=lambda run: run.name)
def test_s02_s06_s07_s08_s10_s11_r01_r06_the_model_holds_or_breaks_as_it_must(run: Run, tmp_path: Path) -> None:
    outcome = check(run, tmp_path / "run")
    assert (outcome.violated is not None) == run.broken, outcome
