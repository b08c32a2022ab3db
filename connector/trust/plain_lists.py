"""Status lists that nobody signed: plain JSON, as EDC's issuers publish them; read only where that is put up with.

What is left of the proof is the line: the list must lie at the issuer's own host, where its DID document lies too.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from connector.canonical import CanonicalError, digest_bytes, parse_json
from connector.trust.did import did_web_document_url
from connector.trust.errors import CredentialInvalid, DidError, StatusInvalid, shown
from connector.trust.status import MAX_DOCUMENT, StatusList, read_list
from connector.trust.vc import sole_subject, texts, time_of

_NO_SKEW: Final = timedelta(0)


def read_plain_list(
    document: str, *, url: str, issuer: str, now: datetime, skew: timedelta = _NO_SKEW, laboratory: bool = False
) -> StatusList:
    """Judge a plain status list; the checks are those of `verify_status_list`, with the address in place of a signature.

    Args:
        document: what was found at `url`.
        url: where the credential says that its list is.
        issuer: the credential's issuer.
        now: the present moment.
        skew: by how much the issuer's clock may be ahead of ours.
        laboratory: whether hosts of this machine are asked over plain http.

    Raises:
        StatusInvalid: it lies elsewhere, is another's or another list, does not say when it was made, or is not valid now.
    """
    _check_place(url, issuer, laboratory=laboratory)
    try:
        data = parse_json(document.encode(), max_bytes=MAX_DOCUMENT)
        if not isinstance(data, dict):
            raise StatusInvalid(f"the status list {shown(url)} is no JSON object")
        says = data.get("issuer")
        if (says.get("id") if isinstance(says, dict) else says) != issuer:
            raise StatusInvalid(f"the status list {shown(url)} is not issued by {shown(issuer)}")
        if data.get("id") != url:
            raise StatusInvalid(f"at {shown(url)} lies another status list: {shown(data.get('id'))}")
        begin = time_of(data, "validFrom") or time_of(data, "issuanceDate")
        end = time_of(data, "validUntil") or time_of(data, "expirationDate")
        purposes, bits = read_list(texts(data.get("type")), sole_subject(data))
    except (CanonicalError, CredentialInvalid) as error:
        raise StatusInvalid(f"the status list {shown(url)} cannot be read: {error}") from None
    if begin is None:
        raise StatusInvalid(f"the status list {shown(url)} does not say when it was made")
    if begin > now + skew or (end is not None and end <= now):
        raise StatusInvalid(f"the status list {shown(url)} is not valid now")
    return StatusList(url, issuer, purposes, bits, begin, end, digest_bytes(document.encode()), signed=False)


def _check_place(url: str, issuer: str, *, laboratory: bool) -> None:
    try:
        home = urlsplit(did_web_document_url(issuer, insecure_hosts=laboratory))
        place = urlsplit(url)
    except (DidError, ValueError):
        raise StatusInvalid(f"the status list {shown(url)} is not signed, and has no host to go by") from None
    if (place.scheme, place.netloc) != (home.scheme, home.netloc):
        raise StatusInvalid(f"the status list {shown(url)} is not signed, and does not lie at its issuer's own host")
