"""What a statement of counts may say: exact whole numbers, each delivery once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.protocol.notices import MAX_LINES, METERING, Chain, NoticeMalformed, metering

LINE: dict[str, Any] = {"delivery": "urn:uuid:1", "rows": 7, "bytes": 100, "result": "complete"}
EMPTY = Chain("urn:agreement", "did:web:a", "sha256:" + "0" * 64)


def content(**changed: Any) -> dict[str, Any]:
    made = metering([LINE], uses=1, rows=7, size=100, through=datetime(2026, 11, 29, tzinfo=UTC), asks=True)
    return {**made, **changed}


@pytest.mark.parametrize("lines", [[], [LINE], [{**LINE, "rows": None, "result": "broken"}]])
def test_what_can_be_said(lines: list[Any]) -> None:
    assert EMPTY.next(METERING, content(lines=lines), other=EMPTY).content["lines"] == lines


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": [LINE, LINE]},
        {"lines": [{**LINE, "delivery": f"urn:{number}"} for number in range(MAX_LINES + 1)]},
        {"lines": [{**LINE, "rows": 1.5}]},
        {"lines": [{**LINE, "bytes": -1}]},
        {"lines": [{**LINE, "bytes": True}]},
        {"lines": [{**LINE, "result": "fine"}]},
        {"lines": [{**LINE, "price": "3"}]},
        {"lines": [{name: value for name, value in LINE.items() if name != "rows"}]},
        {"lines": "none"},
        {"lines": [None]},
        {"uses": "1"},
        {"rows": None},
        {"bytes": 2**53},
        {"through": "yesterday"},
        {"asks": "true"},
        {"asks": None},
        {"more": 1},
    ],
)
def test_what_cannot(changed: dict[str, Any]) -> None:
    with pytest.raises(NoticeMalformed):
        EMPTY.next(METERING, content(**changed), other=EMPTY)
