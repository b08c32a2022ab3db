import pytest

from policies.model import Constraint
from policies.phrases import MAX_LISTED, clause_name, say_action, say_constraint, say_list, say_time, say_times


@pytest.mark.parametrize(
    ("text", "english", "korean"),
    [
        (
            "2026-12-31T15:00:00Z",
            "2026-12-31 15:00 UTC (2027-01-01 00:00 in Korea)",
            "한국 시각 2027년 1월 1일 00:00(UTC 2026-12-31 15:00)",
        ),
        (
            "2026-12-31T15:00:09.5Z",
            "2026-12-31 15:00:09.500 UTC (2027-01-01 00:00:09.500 in Korea)",
            "한국 시각 2027년 1월 1일 00:00:09.500(UTC 2026-12-31 15:00:09.500)",
        ),
        ("soon", "soon", "soon"),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z"),
    ],
)
def test_times_are_told_in_both_zones(text: str, english: str, korean: str) -> None:
    assert say_time(text, "en") == english
    assert say_time(text, "ko") == korean


def test_how_often() -> None:
    assert [say_times(count, "en") for count in (0, 1, 2, 12000)] == [
        "not even once",
        "once",
        "at most 2 times",
        "at most 12,000 times",
    ]
    assert [say_times(count, "ko") for count in (0, 1, 2)] == ["0번", "한 번만", "최대 2번까지"]


def test_long_lists_are_cut() -> None:
    assert say_list(["a", "b"]) == "a, b"
    assert say_list(["x"] * (MAX_LISTED + 7)).endswith("x, … (+7)")


def test_names() -> None:
    assert say_action("distribute", "ko") == "재제공"
    assert say_action("https://w3id.org/my-manufacturing-data/v1/reidentify", "en") == "re-identify"
    assert say_action("urn:x", "en") == "urn:x"
    assert clause_name("until", "ko") == "종료"
    assert clause_name("profile", "en") == "Profile"
    assert clause_name("nonsense", "en") == "Unknown term"


@pytest.mark.parametrize(
    ("constraint", "english"),
    [
        (("dateTime", "lt", "2026-12-31T15:00:00Z"), "until just before 2026-12-31 15:00 UTC"),
        (("dateTime", "gt", "2026-12-31T15:00:00Z"), "from just after 2026-12-31 15:00 UTC"),
        (("dateTime", "lteq", ("a", "b")), "until a, b"),
        (("count", "lt", "3"), "at most 2 times"),
        (("count", "lteq", "many"), "fetched many in all"),
        (("purpose", "eq", "urn:x"), "only for: urn:x"),
        (("weather", "eq", "fine"), "does not know: weather eq fine"),
    ],
)
def test_constraints_in_words(constraint: tuple[str, str, str | tuple[str, ...]], english: str) -> None:
    left, operator, right = constraint
    found = say_constraint(Constraint(left_operand=left, operator=operator, right_operand=right), "en")
    assert english in found
