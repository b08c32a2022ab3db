import time
from collections.abc import Iterator

import pytest

from connector.cli.failures import CommandError
from connector.cli.moments import moment
from connector.cli.session import Session

requires_zones = pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot change its zone")


@pytest.fixture
def seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "KST-9")
        time.tzset()
        yield
    time.tzset()


@requires_zones
@pytest.mark.usefixtures("seoul")
def test_a_day_is_a_day_of_this_place() -> None:
    assert moment(Session(), "--until", "2026-12-31", end_of_day=True) == "2026-12-31T14:59:59.999Z"
    assert moment(Session(), "--not-before", "2026-12-31", end_of_day=False) == "2026-12-30T15:00:00.000Z"


def test_a_moment_has_a_zone() -> None:
    assert moment(Session(), "--until", "2026-12-31T18:00:00+09:00", end_of_day=True) == "2026-12-31T09:00:00.000Z"
    assert moment(Session(), "--until", None, end_of_day=True) is None


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "2026-12-31T18:00:00", ""])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CommandError, match=r"--until: .* is neither a day") as caught:
        moment(Session(), "--until", text, end_of_day=True)
    assert caught.value.exit_code == 2
