import ssl
from types import SimpleNamespace

import pytest

from connector.net.answers import retry_after, why_not_trusted

NOW = "Mon, 23 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "9" * 30}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 09:01:30 GMT", "Date": NOW}, 90.0),
        ({"Retry-After": "Mon, 23 Nov 2026 08:00:00 GMT", "Date": NOW}, 0.0),
        ({"Retry-After": "Mon, 23 Nov 2026 09:01:30 GMT"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 09:01:30 -0000", "Date": NOW}, None),
        ({"Retry-After": "Mon, 99 Nov 2026 09:01:30 GMT", "Date": NOW}, None),
    ],
)
def test_how_long_a_peer_bids_us_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize(
    ("code", "words"), [(10, "has expired"), (20, "do not trust"), (62, "another name"), (9, "not valid yet")]
)
def test_why_a_certificate_is_refused(code: int, words: str) -> None:
    assert words in why_not_trusted(SimpleNamespace(verify_code=code, verify_message="x"))  # type: ignore[arg-type]


def test_what_has_no_words_of_its_own_keeps_those_of_the_library() -> None:
    assert "EE certificate key too weak" in why_not_trusted(
        SimpleNamespace(verify_code=66, verify_message="EE certificate key too weak")  # type: ignore[arg-type]
    )
    assert "cannot be verified" in why_not_trusted(ssl.CertificateError("odd"))
