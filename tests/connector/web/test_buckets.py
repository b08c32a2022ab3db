import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.web import buckets as module
from connector.web.buckets import Buckets


def test_so_many_at_once_and_so_many_a_second() -> None:
    made = Buckets(per_second=2, at_once=3)
    assert [made.take("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert made.take("b", 0.0) == 0.0
    assert made.take("a", 0.5) == 0.0
    assert made.take("a", 0.5) == 0.5
    # However long nobody comes, no more than so many come at once.
    assert [made.take("a", 1e9) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_what_is_given_back_was_not_taken() -> None:
    made = Buckets(per_second=1, at_once=1)
    for _ in range(10):
        assert made.take("a", 0.0) == 0.0
        made.give_back("a", 0.0)
    made.give_back("a", 0.0)
    assert made.take("a", 0.0) == 0.0
    assert made.take("a", 0.0) == 1.0


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    made = Buckets(per_second=1, at_once=1)
    for name in "abcad":
        made.take(name, 0.0)
    assert len(made._held) == 3


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_never_more_than_the_rate_allows(steps: list[float], rate: int, burst: int) -> None:
    made, now, taken = Buckets(per_second=rate, at_once=burst), 0.0, 0
    for step in steps:
        now += step
        wait = made.take("a", now)
        taken += wait == 0.0
        assert 0 <= wait <= 1 / rate
    assert taken <= burst + rate * now + 1e-6
