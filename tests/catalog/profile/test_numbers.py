import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.profile.numbers import RESERVOIR, NumberStats, decimal_text, exact_text

_NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3)), min_size=2, max_size=300)


@settings(max_examples=60, deadline=None)
@given(values=_NUMBERS, size=st.integers(1, 50))
def test_agrees_with_statistics(values: list[float], size: int) -> None:
    stats = NumberStats()
    for start in range(0, len(values), size):
        stats.add(values[start : start + size])
    assert stats.count == len(values)
    assert (stats.minimum, stats.maximum) == (min(values), max(values))
    assert stats.mean == pytest.approx(statistics.fmean(values), rel=1e-9, abs=1e-6)
    assert stats.deviation == pytest.approx(statistics.stdev(values), rel=1e-6, abs=1e-6)


def test_nothing_is_nothing() -> None:
    stats = NumberStats()
    stats.add([])
    assert stats.count == 0
    assert stats.deviation is None
    assert stats.quantile(0.5) is None


def test_quantiles_are_exact_while_all_values_are_kept() -> None:
    stats = NumberStats()
    stats.add(list(range(RESERVOIR, 0, -1)))
    assert (stats.quantile(0), stats.quantile(0.5), stats.quantile(1)) == (1, 501, RESERVOIR)


def test_quantiles_of_many_values_come_from_a_fair_sample() -> None:
    stats = NumberStats()
    for start in range(0, 200_000, 1000):
        stats.add(list(range(start, start + 1000)))
    median = stats.quantile(0.5)
    assert median is not None
    assert abs(median - 100_000) < 15_000


def test_the_same_values_give_the_same_sample() -> None:
    one, other = NumberStats(), NumberStats()
    one.add(list(range(5000)))
    for start in range(0, 5000, 7):
        other.add(list(range(start, min(5000, start + 7))))
    assert [one.quantile(q / 10) for q in range(11)] == [other.quantile(q / 10) for q in range(11)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (0.1 + 0.2, "0.3"),
        (1e7, "10000000"),
        (-0.0, "0"),
        (42750.0, "42750"),
        (1.5e-9, "0.0000000015"),
        (3, "3"),
    ],
)
def test_decimal_text(value: float | None, text: str | None) -> None:
    assert decimal_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(119.94, "119.94"), (0.0, "0"), (10**17 + 1, "100000000000000001"), (-5.0, "-5")]
)
def test_exact_text(value: float, text: str) -> None:
    assert exact_text(value) == text
