"""What becomes of a benchmark's rounds: rows, a table, and a page that names no machine."""

from pathlib import Path

from tests.bench.measure import Plan, Sample, make_rows, percentile
from tests.bench.report import machine, page, read_rows, table, write_rows


def rounds(*pairs: tuple[float, float]) -> list[list[Sample]]:
    return [[Sample("seal 1 GiB", "s", "AES-GCM", value, baseline)] for value, baseline in pairs]


def test_the_ratio_is_of_each_round_and_not_of_the_medians() -> None:
    [row] = make_rows(rounds((2, 1), (30, 10), (8, 2)), quick=False)
    assert (row.value, row.baseline, row.ratio, row.spread) == (8, 2, 3, 2)
    assert row.ratios() == [2, 3, 4]


def test_rows_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    rows = make_rows(rounds((2, 1), (3, 1), (4, 1)), quick=True)
    write_rows(rows, tmp_path / "build" / "bench.json")
    assert read_rows(tmp_path / "build" / "bench.json") == rows
    assert rows[0].quick


def test_the_table_shows_both_sides_and_how_far_the_rounds_lay_apart() -> None:
    rows = make_rows(rounds((2, 1), (300, 100), (8, 2)), quick=False)
    assert "| seal 1 GiB | 8.00 s | 2.00 s | **3.00** (2.00–4.00) | AES-GCM |" in table(rows)


def test_the_page_says_what_was_left_out_and_on_what_it_was_measured(tmp_path: Path) -> None:
    plan = Plan(tmp_path, quick=False)
    plan.leave_out("Beside age: it is not installed here.")
    plan.leave_out("Beside age: it is not installed here.")
    text = page(make_rows(rounds((2, 1)), quick=False), plan.left_out)
    assert text.count("Left out: Beside age") == 1
    assert machine() in text
    assert str(tmp_path) not in text


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (51, 100)
    assert percentile([7.0], 0.99) == 7
