import pytest

from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.table import checked_header


def test_names_lose_the_blanks_around_them() -> None:
    assert checked_header([" a ", "온도 "], delimiter=",") == ("a", "온도")


def test_one_number_among_names_is_a_name() -> None:
    assert checked_header(["a", "2018"], delimiter=",") == ("a", "2018")


def test_names_that_differ_only_in_blanks_are_the_same() -> None:
    with pytest.raises(SourceError, match="'a' stands twice"):
        checked_header(["a", "a "], delimiter=",")
