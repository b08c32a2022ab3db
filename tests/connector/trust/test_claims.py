from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.trust.claims import (
    MAX_TEXT,
    check_audience,
    check_expiry,
    check_issued,
    check_not_before,
    optional_text,
    optional_time,
    text_claim,
    time_claim,
)
from connector.trust.errors import TokenInvalid
from tests.connector.trust.parties import NOW, SKEW

SECOND = timedelta(seconds=1)
AGE = timedelta(hours=1)


def at(moment: datetime) -> float:
    return moment.timestamp()


def test_texts() -> None:
    assert text_claim({"iss": "x"}, "iss") == "x"
    assert optional_text({}, "token") is None
    wrong: list[Any] = ["", None, 3, ["x"], "x" * (MAX_TEXT + 1)]
    for value in wrong:
        with pytest.raises(TokenInvalid, match="iss") as caught:
            text_claim({"iss": value}, "iss")
        assert caught.value.step == "iss"
        with pytest.raises(TokenInvalid):
            optional_text({"iss": value}, "iss")


def test_times() -> None:
    assert time_claim({"exp": at(NOW)}, "exp") == NOW
    assert time_claim({"exp": 0.5}, "exp") == datetime(1970, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    assert optional_time({}, "nbf") is None
    with pytest.raises(TokenInvalid, match="missing"):
        time_claim({}, "exp")
    wrong: list[Any] = [None, "1700000000", True, -1, 1e300, float("nan"), 253_402_300_800, []]
    for value in wrong:
        with pytest.raises(TokenInvalid, match="no time"):
            optional_time({"exp": value}, "exp")


@pytest.mark.parametrize("value", ["did:web:me", ["did:web:me"]])
def test_an_audience_that_is_us(value: Any) -> None:
    check_audience({"aud": value}, "did:web:me")


@pytest.mark.parametrize(
    "value", [None, "", "did:web:other", "did:web:me ", [], ["did:web:me", "did:web:other"], ["did:web:other"], 3, {}]
)
def test_an_audience_that_is_not_us_alone(value: Any) -> None:
    with pytest.raises(TokenInvalid, match="aud"):
        check_audience({"aud": value}, "did:web:me")


def judged(check: Callable[[], object]) -> bool:
    try:
        check()
    except TokenInvalid:
        return False
    return True


@pytest.mark.parametrize(("late", "holds"), [(-SKEW, True), (timedelta(0), True), (SKEW, True), (SKEW + SECOND, False)])
def test_not_before(late: timedelta, holds: bool) -> None:
    assert judged(lambda: check_not_before({"nbf": at(NOW + late)}, now=NOW, skew=SKEW)) is holds


def test_not_before_may_be_missing() -> None:
    check_not_before({}, now=NOW, skew=SKEW)


@pytest.mark.parametrize(
    ("left", "holds"), [(SECOND, True), (timedelta(0), True), (SECOND - SKEW, True), (-SKEW, False)]
)
def test_expiry(left: timedelta, holds: bool) -> None:
    assert judged(lambda: check_expiry({"exp": at(NOW + left)}, now=NOW, skew=SKEW)) is holds


def test_expiry_without_skew_is_on_or_after() -> None:
    assert not judged(lambda: check_expiry({"exp": at(NOW)}, now=NOW, skew=timedelta(0)))
    assert judged(lambda: check_expiry({"exp": 253_402_300_799}, now=NOW, skew=SKEW))
    assert not judged(lambda: check_expiry({}, now=NOW, skew=SKEW))


@pytest.mark.parametrize(
    ("ago", "holds"),
    [(timedelta(0), True), (-SKEW, True), (-SKEW - SECOND, False), (AGE + SKEW, True), (AGE + SKEW + SECOND, False)],
)
def test_issued(ago: timedelta, holds: bool) -> None:
    assert judged(lambda: check_issued({"iat": at(NOW - ago)}, now=NOW, skew=SKEW, max_age=AGE)) is holds
    assert not judged(lambda: check_issued({}, now=NOW, skew=SKEW, max_age=AGE))
