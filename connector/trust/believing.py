"""Which of the presented credentials is believed: about the sender, by an anchor, signed, within its schema, not revoked."""

from datetime import datetime, timedelta
from typing import Final

from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import (
    MEMBERSHIP,
    Membership,
    binds_keys,
    membership_from,
    read_credential,
    verify_credential,
)
from connector.trust.errors import AnchorsLapsed, CredentialInvalid, DidError, StatusInvalid, TrustError, shown
from connector.trust.lapses import MEMBERSHIP_WITHOUT_KEYS, UNSIGNED_STATUS_LISTS, Leniency
from connector.trust.presentations import Presentation
from connector.trust.questions import Asking, FetchSchema, FetchStatusList, expect, resolved
from connector.trust.schemas import SchemaReference, check_schema
from connector.trust.status import StatusList, check_status
from connector.trust.status_entries import HARMLESS, StatusEntry
from connector.trust.vc import Credential
from connector.trust.vc_jwt import issuer_key

MAX_FURTHER: Final = 16
"""How many credentials of other types are looked at."""


def believed(
    presentations: list[Presentation],
    did: str,
    now: datetime,
    skew: timedelta,
    anchors: TrustAnchors,
    leniency: Leniency,
) -> Asking[Membership | Credential]:
    """The first of the presented memberships that holds: steps 7 and 8 of `authenticate`.

    It is given as it stands if it binds no keys and that is put up with.

    Raises:
        TrustError: none does; what was wrong with the last one.
    """
    problem: TrustError = CredentialInvalid(f"the sender presented no {MEMBERSHIP}")
    for presentation in presentations:
        for jwt in presentation.credentials:
            try:
                membership = yield from _membership(jwt, presentation, did, now, skew, anchors, leniency)
            except TrustError as error:
                # One bad credential does not spoil a good one beside it; what cannot be judged now may be a good one.
                problem = problem if isinstance(problem, AnchorsLapsed) else error
            else:
                if membership is not None:
                    return membership
    raise problem


def also_believed(
    presentations: list[Presentation],
    did: str,
    now: datetime,
    skew: timedelta,
    anchors: TrustAnchors,
    types: tuple[str, ...],
) -> Asking[tuple[Credential, ...]]:
    """Those of the presented credentials of other types that hold; one that does not is left out, and spoils nothing."""
    found: list[Credential] = []
    for presentation in presentations:
        for jwt in presentation.credentials[:MAX_FURTHER]:
            try:
                credential = yield from _further(jwt, did, now, skew, anchors, types)
            except TrustError:
                continue
            if credential is not None:
                found.append(credential)
    return tuple(found[:MAX_FURTHER])


def _further(
    jwt: str, did: str, now: datetime, skew: timedelta, anchors: TrustAnchors, types: tuple[str, ...]
) -> Asking[Credential | None]:
    claimed = read_credential(jwt)
    wanted = [name for name in types if name in claimed.types]
    if not wanted or MEMBERSHIP in claimed.types or claimed.subject != did:
        return None
    # Before the issuer's document is fetched: strangers must not make us fetch things.
    for name in wanted:
        anchors.check(name, claimed.issuer)
    leniency = Leniency(frozenset())
    credential = yield from _verified(jwt, claimed, now, skew, leniency)
    for reference in credential.schemas:
        yield from _look_up_schema(reference, credential)
    yield from look_up_status(credential.status, credential.issuer, now, skew, leniency)
    return credential


def _membership(
    jwt: str,
    presentation: Presentation,
    did: str,
    now: datetime,
    skew: timedelta,
    anchors: TrustAnchors,
    leniency: Leniency,
) -> Asking[Membership | Credential | None]:
    claimed = read_credential(jwt)
    if MEMBERSHIP not in claimed.types:
        return None
    if claimed.profile != presentation.profile:
        raise CredentialInvalid("the credential and its presentation are of different data models")
    # Before the issuer's document is fetched: strangers must not make us fetch things.
    if claimed.subject != did:
        raise CredentialInvalid("the sender presented a membership of somebody else")
    anchors.check(MEMBERSHIP, claimed.issuer)
    credential = yield from _verified(jwt, claimed, now, skew, leniency)
    without_keys = not binds_keys(credential) and leniency.puts_up_with(MEMBERSHIP_WITHOUT_KEYS)
    membership = credential if without_keys else membership_from(credential)
    for reference in credential.schemas:
        yield from _look_up_schema(reference, credential)
    yield from look_up_status(membership.status, membership.issuer, now, skew, leniency)
    return membership


def _verified(jwt: str, claimed: Credential, now: datetime, skew: timedelta, leniency: Leniency) -> Asking[Credential]:
    issuer = yield from resolved(claimed.issuer)
    try:
        key = issuer_key(claimed, leniency.document(issuer))
    except DidError:
        fresh = yield from resolved(claimed.issuer, fresh=True)
        key = issuer_key(claimed, leniency.document(fresh))
    return verify_credential(jwt, key, now=now, skew=skew)


def _look_up_schema(reference: SchemaReference, credential: Credential) -> Asking[None]:
    check_schema(reference, expect((yield FetchSchema(reference.url)), dict), credential.content)


def look_up_status(
    entries: tuple[StatusEntry, ...], issuer: str, now: datetime, skew: timedelta, leniency: Leniency
) -> Asking[None]:
    """Ask for the lists that a credential names, and refuse it if one of them speaks against it.

    Raises:
        CredentialRevoked: its issuer has revoked or suspended it.
        StatusInvalid: a list does not answer the question.
    """
    for entry in entries:
        if entry.purpose not in HARMLESS:
            unsigned = UNSIGNED_STATUS_LISTS in leniency.lapses
            found = expect((yield FetchStatusList(entry.list_url, issuer, unsigned)), StatusList)
            if not found.signed and not leniency.puts_up_with(UNSIGNED_STATUS_LISTS):
                raise StatusInvalid(f"the status list {shown(entry.list_url)} is not signed")
            check_status(entry, found, issuer=issuer, now=now, skew=skew)
