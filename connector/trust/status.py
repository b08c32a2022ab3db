"""Status lists: StatusList2021 (profile `vc11-sl2021/jwt`) and BitstringStatusList 1.0 (profile `vc20-bssl/jwt`).

A list is a credential of its issuer: one bit for each credential that it issued, the first one leftmost, packed with
gzip. `ttl` is ignored and `validUntil` counts, as DCP demands.
"""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from connector.canonical import digest_bytes
from connector.clock import format_time
from connector.trust import vc11, vc20
from connector.trust.errors import CredentialInvalid, CredentialRevoked, StatusInvalid, shown
from connector.trust.keys import PublicKey
from connector.trust.status_entries import HARMLESS, REVOCATION, SUSPENSION, StatusEntry
from connector.trust.vc import Credential, Profile, texts
from connector.trust.vc_jwt import check_period, read_credential, verify_issued

BITS: Final = 131_072
"""How many credentials one list of ours speaks of: the least that both standards allow, for the members' privacy."""
MAX_BYTES: Final = 1_000_000
"""The largest list that is unpacked, in bytes: eight million credentials."""
MAX_DOCUMENT: Final = 256_000
"""The largest document that is read."""
_KEPT_UP_TO: Final = 32 * 1024
"""The largest document, and packed list, that is remembered as it was read."""
_LISTS: Final = {"StatusList2021Credential": "StatusList2021", "BitstringStatusListCredential": "BitstringStatusList"}
_NO_SKEW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list whose issuer is verified.

    Attributes:
        url: where it was found.
        issuer: whose list it is.
        purposes: what a set bit means.
        bits: the bits, leftmost first.
        valid_from: when it was made; an older one than one that was seen is refused.
        valid_until: until when it may be used; None when it does not say.
        digest: of the document as it was found.
        signed: whether its issuer signed it; else it is believed only where that is put up with.
    """

    url: str
    issuer: str
    purposes: frozenset[str]
    bits: bytes
    valid_from: datetime
    valid_until: datetime | None
    digest: str
    signed: bool = True

    def is_set(self, index: int) -> bool:
        """Whether the bit at this place is set.

        Raises:
            StatusInvalid: the list is shorter.
        """
        if not 0 <= index < 8 * len(self.bits):
            raise StatusInvalid(f"the status list {shown(self.url)} has no entry {index}")
        return bool(self.bits[index // 8] & 0x80 >> index % 8)


def make_bits(indexes: Iterable[int], *, length: int = BITS) -> bytes:
    """A list of this many bits in which these are set."""
    bits = bytearray(length // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def encode_bits(bits: bytes, *, multibase: bool) -> str:
    """Packed with gzip: as multibase base64url (`u…`, BitstringStatusList), or plain base64 (StatusList2021)."""
    packed = gzip.compress(bits, mtime=0)
    if multibase:
        return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")
    return base64.b64encode(packed).decode("ascii")


def decode_bits(text: str) -> bytes:
    """Unpack a list, never more than `MAX_BYTES` of it. With `u` it is base64url; without, either alphabet is read.

    Raises:
        StatusInvalid: it is neither, or not one gzip member and nothing more, or too large.
    """
    return (_unpack_kept if len(text) <= _KEPT_UP_TO else _unpack)(text)


def _unpack(text: str) -> bytes:
    body = text.removeprefix("u") if text.startswith("u") else text.translate(_URL_SAFE)
    try:
        packed = base64.b64decode(body.rstrip("=") + "=" * (-len(body.rstrip("=")) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj(wbits=31)
        bits = unpacking.decompress(packed, MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise StatusInvalid("the status list's encodedList is no base64 of gzip") from None
    if len(bits) > MAX_BYTES:
        raise StatusInvalid(f"the status list is larger than {MAX_BYTES:,} bytes unpacked")
    if not unpacking.eof or unpacking.unused_data:
        raise StatusInvalid("the status list's encodedList is cut short, or goes on behind its end")
    return bits


_unpack_kept: Final = lru_cache(maxsize=16)(_unpack)
_URL_SAFE: Final = str.maketrans("+/", "-_")


def write_status_list(
    profile: Profile,
    *,
    url: str,
    issuer: str,
    bits: bytes,
    valid_from: datetime,
    valid_until: datetime,
    purpose: str = REVOCATION,
) -> dict[str, Any]:
    """The list as a credential, not yet signed."""
    older = profile == vc11.VC11
    kind = "StatusList2021" if older else "BitstringStatusList"
    begin, end = ("issuanceDate", "expirationDate") if older else ("validFrom", "validUntil")
    return {
        "@context": [vc11.CREDENTIALS_CONTEXT, "https://w3id.org/vc/status-list/2021/v1"]
        if older
        else [vc20.CREDENTIALS_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", kind + "Credential"],
        "issuer": issuer,
        begin: format_time(valid_from),
        end: format_time(valid_until),
        "credentialSubject": {
            "id": url + "#list",
            "type": kind,
            "statusPurpose": purpose,
            "encodedList": encode_bits(bits, multibase=not older),
        },
    }


def claimed_list(document: str) -> Credential:
    """A list as it was found, without belief: to find out whose key to look for.

    Raises:
        StatusInvalid: it is no credential.
    """
    try:
        return read_credential(document, max_bytes=MAX_DOCUMENT)
    except CredentialInvalid as error:
        raise StatusInvalid(f"what lies there is no signed status list: {error}") from None


def verify_status_list(
    document: str, key: PublicKey, *, url: str, issuer: str, now: datetime, skew: timedelta = _NO_SKEW
) -> StatusList:
    """Check a list (BitstringStatusList, section 3.2, "Validate Algorithm"; StatusList2021, section 4.2).

    1. It is a credential of `issuer`, signed with `key`, and valid now.
    2. It is the list that lies at `url`: another one of the same issuer is none.
    3. It is unpacked within bounds.

    Args:
        document: the JWT that was found at `url`.
        key: the issuer's key.
        url: where the credential says that its list is.
        issuer: the credential's issuer: nobody else may say that it was revoked, or was not.
        now: the present moment.
        skew: by how much the issuer's clock may be ahead of ours.

    Raises:
        StatusInvalid: a step does not hold.
    """
    try:
        credential = (_issued_kept if len(document) <= _KEPT_UP_TO else _issued)(document, key)
        check_period(credential, now=now, skew=skew)
    except CredentialInvalid as error:
        raise StatusInvalid(f"the status list {shown(url)} does not hold: {error}") from None
    return _list_in(credential, document, url, issuer)


def _issued(document: str, key: PublicKey) -> Credential:
    return verify_issued(document, key, max_bytes=MAX_DOCUMENT)


_issued_kept: Final = lru_cache(maxsize=16)(_issued)
"""The contracts of a bundle name the same lists: whose word one is does not change. Whether it holds now is asked each time."""


def kept_status_list(document: str, *, url: str, issuer: str) -> StatusList:
    """A list that was verified before it was kept.

    Raises:
        StatusInvalid: it cannot be read any more.
    """
    return _list_in(claimed_list(document), document, url, issuer)


def _list_in(credential: Credential, document: str, url: str, issuer: str) -> StatusList:
    if credential.issuer != issuer:
        raise StatusInvalid(
            f"the status list {shown(url)} is issued by {shown(credential.issuer)}, not {shown(issuer)}"
        )
    if credential.id != url:
        raise StatusInvalid(f"at {shown(url)} lies another status list: {shown(credential.id)}")
    if credential.valid_from is None:
        raise StatusInvalid(f"the status list {shown(url)} does not say when it was made")
    purposes, bits = read_list(credential.types, credential.claims)
    return StatusList(
        url=url,
        issuer=issuer,
        purposes=purposes,
        bits=bits,
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        digest=digest_bytes(document.encode("ascii")),
    )


def read_list(types: Iterable[str], subject: Mapping[str, Any]) -> tuple[frozenset[str], bytes]:
    """What a list's credentialSubject says: purposes and bits.

    Raises:
        StatusInvalid: it is no list, or of another kind than its credential.
    """
    expected = {_LISTS[name] for name in types if name in _LISTS}
    if not expected & set(texts(subject.get("type"))):
        raise StatusInvalid("what lies there is no status list")
    encoded = subject.get("encodedList")
    purposes = frozenset(texts(subject.get("statusPurpose")))
    if not isinstance(encoded, str) or not purposes:
        raise StatusInvalid("the status list has no encodedList, or no statusPurpose")
    return purposes, decode_bits(encoded)


def check_status(
    entry: StatusEntry, found: StatusList, *, issuer: str, now: datetime, skew: timedelta = _NO_SKEW
) -> None:
    """Refuse a credential that its issuer has revoked or suspended (DCP "Presentation Validation", step 6).

    Raises:
        CredentialRevoked: the bit is set.
        StatusInvalid: the list is another's, of another purpose, too short, or past its end.
    """
    if entry.purpose in HARMLESS:
        return
    if entry.purpose not in (REVOCATION, SUSPENSION):
        raise StatusInvalid(f"the status purpose {shown(entry.purpose)} is unknown here")
    if (found.url, found.issuer) != (entry.list_url, issuer):
        raise StatusInvalid(f"the status list {shown(found.url)} is not the one that the credential names")
    if entry.purpose not in found.purposes:
        raise StatusInvalid(f"the status list {shown(found.url)} is not about {entry.purpose}")
    if found.valid_until is not None and found.valid_until + skew <= now:
        raise StatusInvalid(f"the status list {shown(found.url)} ended at {found.valid_until.isoformat()}")
    if found.is_set(entry.index):
        done = "revoked" if entry.purpose == REVOCATION else "suspended"
        raise CredentialRevoked(
            f"the credential was {done} by its issuer (entry {entry.index} of {shown(found.url)})",
            purpose=entry.purpose,
        )
