"""Checks 8, 9, 24 and 25 of an evidence file: who vouches for the parties, with whose keys, and for how long.

DID documents are unsigned and lie in the file, so a whole contract can be forged with made-up parties. Only a key that
comes from outside the file tells members from inventions (architecture 5, 9).
"""

import contextlib
from datetime import datetime
from functools import lru_cache

from connector.audit.errors import AuditError
from connector.canonical import digest
from connector.clock import format_time
from connector.contracts import layout, rules
from connector.contracts.case import Case, NotApplicable, Undecided, need
from connector.contracts.checks_signatures import P
from connector.contracts.checks_witnesses import bounded_at
from connector.contracts.documents import Authority, SignedDocument
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.notes import entry_in
from connector.contracts.parties import document_key
from connector.contracts.vocabulary import CONSUMER, PROVIDER, ROLES
from connector.trust.anchors import ANY, AuthorityKey
from connector.trust.credentials import Membership, verify_credential
from connector.trust.errors import TrustError
from connector.trust.jws import kid_of
from connector.trust.keys import PublicKey
from connector.trust.proofs import proof_of


def check_authority(case: Case) -> Finding:
    """8. P and C name one authority and the digests of exactly the memberships in the file, issued by that authority."""
    authority = named_authority(case)
    if case.countersignature is not None:
        rules.check_authority(case.countersignature, authority)
    for role, named in ((PROVIDER, authority.provider), (CONSUMER, authority.consumer)):
        membership = case.memberships.get(role)
        if membership is None and layout.membership_file(role) in case.files:
            raise NotApplicable("needs", file=layout.membership_file(role))
        if (membership.digest if membership else None) != named:
            raise ContractError("membership-digest", role=role).about(layout.membership_file(role))
        if membership is not None and membership.issuer != authority.did:
            raise ContractError("membership-issuer", role=role, found=membership.issuer, expected=authority.did)
    return Finding("authority-named", {"authority": authority.did})


def check_keys(case: Case) -> Finding:
    """9. Each membership binds its party's DID, and the DID documents in the file show the keys that it binds.

    did:web has no history: where the exporter's own log named the documents with the contract, they are those.
    """
    logged = _logged_documents(case)
    for role in ROLES:
        did, document = case.party(role), need(case.did_documents.get(role), layout.did_file(role))
        if document.did != did:
            raise ContractError("did-of-other", found=document.did, expected=did).about(layout.did_file(role))
        if role in logged and logged[role] != digest(document.data):
            raise ContractError("did-not-logged", role=role).about(layout.did_file(role))
        membership = case.memberships.get(role)
        if membership is None:
            continue
        if membership.did != did:
            path = layout.membership_file(role)
            raise ContractError("membership-of-other", found=membership.did, expected=did).about(path)
        if not document.shows(membership.log_key, "assertionMethod"):
            raise ContractError("did-key", role=role, key=f"{did}#log").about(layout.did_file(role))
        for kid, bound in _bound_keys(case, role, membership):
            try:
                shown = document_key(case, role, kid)
            except NotApplicable:
                raise ContractError("did-key", role=role, key=kid).about(layout.did_file(role)) from None
            if shown != bound:
                raise ContractError("did-key", role=role, key=kid).about(layout.did_file(role))
    return Finding("keys-hold")


def _logged_documents(case: Case) -> dict[str, str]:
    """The digests of the DID documents, as the exporter's log entry of the contract names them; the other has its own."""
    exporter = case.role_of(case.statement.issuer) if case.statement is not None else None
    log = case.logs.get(exporter) if exporter is not None else None
    if log is None:
        return {}
    try:
        named = entry_in(log.entry).get("extra", {}).get("didDocuments")
    except AuditError:  # what is wrong with the entry is said by check 17
        return {}
    return {role: value for role, value in named.items() if isinstance(value, str)} if isinstance(named, dict) else {}


def check_attribution(case: Case) -> Finding:
    """24. Both memberships carry the signature of an authority that the auditor knows from outside the file."""
    authority = named_authority(case)
    if case.trust is None:
        raise Undecided("no-trust", authority=authority.did)
    names = {}
    for role in ROLES:
        membership = membership_of(case, role)
        key = _authority_key(case, role, membership)
        try:
            # At the start of its own period no deadline can be missed: the periods are judged by check 25.
            _verify_once(membership.jwt, key.key, membership.valid_from)
        except TrustError as error:
            if key.kid == ANY:  # a bare key: that another one signed is no lie of the file
                raise Undecided(
                    "authority-key-unknown", authority=membership.issuer, key=_kid(membership, role)
                ) from None
            path = layout.membership_file(role)
            raise ContractError("membership-signature", role=role, authority=authority.did, problem=error).about(
                path
            ) from None
        names[role] = membership.name
    return Finding("attributed", {"authority": authority.did, **names})


@lru_cache(maxsize=256)
def _verify_once(jwt: str, key: PublicKey, now: datetime) -> None:
    # The contracts of a bundle share their memberships; what does not hold is not remembered.
    verify_credential(jwt, key, now=now)


def check_validity(case: Case) -> Finding:
    """25. By their claims the signatures fall into the memberships' and authority's periods, and nothing has expired.

    A time is a claim of who signs. Once a membership or key is past its period, a claimed time within it proves nothing
    unless somebody who is no party bounds it: the authority, by what it cosigned of a log (architecture 5, 11).
    """
    named_authority(case)
    seen = bounded_at(case)
    ends = []
    for role in ROLES:
        membership = membership_of(case, role)
        start, end = membership.valid_from - rules.CLOCK_TOLERANCE, membership.valid_until
        for document in _signed_by(case, role):
            if not start <= document.valid_from <= end:
                raise ContractError("outside-membership", document=document.name, role=role)
        ends.append(end)
        if case.trust is not None:
            key = _authority_key(case, role, membership)
            _check_authority_period(case, role, membership, key, seen)
    _check_lost(case, seen)
    if case.now > min(ends):
        if seen is None or seen > min(ends):
            raise Undecided("membership-expired", until=format_time(min(ends)))
        return Finding("valid-when-seen", {"until": format_time(min(ends)), "time": format_time(seen)})
    return Finding("valid-until", {"until": format_time(min(ends))})


def _check_lost(case: Case, seen: datetime | None) -> None:
    """No key of a party is one that its authority says others may have: nobody can tell who signed with it, and when.

    A time within a document is no bound: the thief claims one as easily as the owner. What the authority had seen in a log
    before that date is older than the loss.
    """
    for role in ROLES:
        membership = membership_of(case, role)
        for key in (membership.contract_key, membership.log_key):
            since = case.trust.lost_since(membership.issuer, membership.did, key) if case.trust else None
            if since is not None and (seen is None or seen >= since):
                raise Undecided("key-lost", role=role, since=format_time(since), authority=membership.issuer)


def _check_authority_period(
    case: Case, role: str, membership: Membership, key: AuthorityKey, seen: datetime | None
) -> None:
    issued = membership.valid_from
    early = key.valid_from is not None and issued < key.valid_from - rules.CLOCK_TOLERANCE
    if early or (key.valid_until is not None and issued > key.valid_until):
        raise ContractError("outside-authority-key", role=role, key=key.kid)
    if key.valid_until is not None and case.now > key.valid_until and (seen is None or seen > key.valid_until):
        raise Undecided("authority-key-expired", key=key.kid, until=format_time(key.valid_until))


def named_authority(case: Case) -> Authority:
    """The authority that P names; without one nothing is said of who the parties are."""
    authority = need(case.credential, P).authority
    if authority is None:
        raise Undecided("no-authority")
    return authority


def membership_of(case: Case, role: str) -> Membership:
    """The membership of a party; without one it cannot be said who the party is."""
    membership = case.memberships.get(role)
    if membership is None:
        path = layout.membership_file(role)
        raise NotApplicable("needs", file=path) if path in case.files else Undecided("no-membership", role=role)
    return membership


def _authority_key(case: Case, role: str, membership: Membership) -> AuthorityKey:
    """The authority's key that the membership says it is signed with, out of the trust file."""
    trust = need(case.trust, "trust")
    if not trust.knows(membership.issuer):
        raise Undecided("authority-unknown", authority=membership.issuer)
    kid = _kid(membership, role)
    key = trust.key_for(membership.issuer, kid)
    if key is None:
        raise Undecided("authority-key-unknown", authority=membership.issuer, key=kid)
    return key


def _kid(membership: Membership, role: str) -> str:
    try:
        kid = kid_of(membership.jwt)
    except TrustError as error:
        raise ContractError("membership-unreadable", file=layout.membership_file(role), problem=error) from None
    return kid or ""


def _bound_keys(case: Case, role: str, membership: Membership) -> list[tuple[str, PublicKey]]:
    # The contract key under the very id that the party's signature names; checkpoints name their key by its digest.
    signed = next(iter(_signed_by(case, role)), None)
    bound: list[tuple[str, PublicKey]] = []
    if signed is not None:
        with contextlib.suppress(TrustError):  # a proof that cannot be read is a matter of checks 10 and 11
            bound.append((proof_of(signed.document).verification_method, membership.contract_key))
    return bound


def _signed_by(case: Case, role: str) -> list[SignedDocument]:
    mine = ("P", "R") if role == PROVIDER else ("C",)
    return [document for _, document in case.signed() if document.name in mine]
