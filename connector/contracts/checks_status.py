"""Check 26 of an evidence file: neither membership was taken back when the other party signed, by the authority's own word."""

from typing import Final

from connector.canonical import digest_bytes
from connector.contracts import layout, rules
from connector.contracts.case import Case, NotApplicable, Undecided, need
from connector.contracts.checks_attribution import membership_of, named_authority
from connector.contracts.checks_signatures import C, P
from connector.contracts.documents import AgreementCredential, Countersignature
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.membership_status import check_status_use
from connector.contracts.vocabulary import CONSUMER, PROVIDER
from connector.trust.anchors import ANY, AuthorityKey, TrustFile
from connector.trust.credentials import Membership
from connector.trust.errors import TrustError
from connector.trust.jws import decode_jws, kid_of
from connector.trust.status import MAX_DOCUMENT, StatusList, kept_status_list, verify_status_list

_FOLDER: Final = "status/"


def check_status_lists(case: Case) -> Finding:
    """26. P and C name status lists, signed by the authority and young enough, in which the other's membership stands.

    Each file in `status/` is one that P or C names.
    """
    named_authority(case)
    signed = ((need(case.credential, P), CONSUMER), (need(case.countersignature, C), PROVIDER))
    named = {list_.digest for document, _ in signed if document.status for list_ in document.status.lists}
    for path in case.files:
        if path.startswith(_FOLDER) and path not in {layout.status_file(digest) for digest in named}:
            raise ContractError("file-unknown", file=path).about(path)
    for document, role in signed:
        _check(case, document, membership_of(case, role))
    if not named:
        return Finding("status-none")
    if case.trust is None:
        raise Undecided("no-trust", authority=named_authority(case).did)
    return Finding("status-holds", {"count": str(len(named))})


def _check(case: Case, document: AgreementCredential | Countersignature, membership: Membership) -> None:
    places = {list_.digest: list_.id for list_ in document.status.lists} if document.status else {}
    check_status_use(
        document.status,
        membership,
        document=document.name,
        signed_at=document.valid_from,
        find=lambda digest: _list(case, document, membership, places[digest], digest),
    )


def _list(
    case: Case, document: AgreementCredential | Countersignature, membership: Membership, url: str, digest: str
) -> StatusList:
    path = layout.status_file(digest)
    data = case.files.get(path)
    if data is None:
        raise NotApplicable("needs", file=path)
    if digest_bytes(data) != digest:
        raise ContractError("file-changed", file=path).about(path)
    try:
        jwt = data.decode("ascii")
        if case.trust is None:
            return kept_status_list(jwt, url=url, issuer=membership.issuer)
        key = _issuer_key(case.trust, membership.issuer, jwt)
        found = verify_status_list(
            jwt, key.key, url=url, issuer=membership.issuer, now=document.valid_from, skew=rules.CLOCK_TOLERANCE
        )
    except (UnicodeDecodeError, TrustError) as error:
        raise ContractError("status-list", file=path, authority=membership.issuer, problem=error).about(path) from None
    if key.valid_until is not None and found.valid_from > key.valid_until:
        raise ContractError("status-list-key", file=path, key=key.kid).about(path)
    return found


def _issuer_key(trust: TrustFile, issuer: str, jwt: str) -> AuthorityKey:
    kid = kid_of(jwt, max_bytes=MAX_DOCUMENT) or ""
    key = trust.key_for(issuer, kid)
    if key is None:
        raise Undecided("authority-key-unknown", authority=issuer, key=kid)
    if key.kid == ANY:
        try:
            decode_jws(jwt, max_bytes=MAX_DOCUMENT).verify(key.key)
        except TrustError:  # a bare key: that another one signed is no lie of the file
            raise Undecided("authority-key-unknown", authority=issuer, key=kid) from None
    return key
