import itertools

import pytest

from policies.truth import Truth, join, negation

F, U, D, T = Truth.FALSE, Truth.UNKNOWN, Truth.DEFERRED, Truth.TRUE


def test_the_order_is_the_logic() -> None:
    for a, b in itertools.product(Truth, repeat=2):
        assert join("and", [a, b]) is min(a, b)
        assert join("or", [a, b]) is max(a, b)
        assert negation(negation(a)) is a


@pytest.mark.parametrize(
    ("values", "expected"),
    [([T], T), ([F], F), ([T, F], T), ([T, T], F), ([T, T, U], F), ([T, U], U), ([F, U], U), ([T, D], D), ([U, D], U)],
)
def test_exactly_one(values: list[Truth], expected: Truth) -> None:
    assert join("xone", values) is expected


def test_an_order_in_time_is_never_true() -> None:
    assert join("andSequence", [T, T]) is U
    assert join("andSequence", [T, F]) is F
    assert join("nor", [F]) is U
    assert join("and", []) is join("or", []) is U
