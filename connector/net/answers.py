"""What lines and certificates say besides the body: how long to wait, and why a certificate is not believed."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

_DIGITS: Final = 9
_REASONS: Final = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself and by no authority that we trust (setting ca_bundle)",
    19: "its certificate comes from an authority that we do not trust (setting ca_bundle)",
    20: "its certificate comes from an authority that we do not trust (setting ca_bundle)",
    21: "its certificate comes from an authority that we do not trust (setting ca_bundle)",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
"""OpenSSL's verify codes (x509_vfy.h) in words."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer bids us wait (RFC 9110, 10.2.3), never below zero; None when it says nothing readable.

    A date is taken against the answer's own `Date`, for its clock may differ from ours.
    """
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit() and len(said) <= _DIGITS:
        return float(said)
    try:
        until, now = parsedate_to_datetime(said), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, IndexError):
        # TypeError: one of them has a zone, the other none.
        return None


def why_not_trusted(error: Exception) -> str:
    """Why a certificate was refused, as the end of a sentence."""
    code = getattr(error, "verify_code", None)
    said = getattr(error, "verify_message", None) or str(error)
    return _REASONS.get(code or 0, f"its certificate cannot be verified ({said})")[:300]
