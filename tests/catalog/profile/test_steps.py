from catalog.profile.steps import StepCounter


def counted(*chunks: list[int] | list[float] | None) -> StepCounter:
    counter = StepCounter()
    for chunk in chunks:
        counter.add(chunk)
    return counter


def test_a_counter_that_starts_again() -> None:
    counter = counted([0, 1, 2, 0, 1], [2, 3, 0, 1])
    assert counter.found
    assert (counter.first, counter.restarts) == (0, 2)


def test_a_running_number_is_none() -> None:
    assert not counted([1, 2, 3], [4, 5]).found


def test_a_mark_of_zeros_and_ones_is_none() -> None:
    assert not counted([0, 0, 1, 0, 0, 0, 1, 0]).found


def test_what_ends_it() -> None:
    assert not counted([0, 1, 2, 0, 1, 2], None).found
    assert not counted([0, 1, 2, 0, 1, 2], [3.0]).found
    assert not counted([0, 1, 2, 0, 1, 2], [7], [0, 1]).found
    assert not counted([5, 6, 7, 5, 6, 7]).found
