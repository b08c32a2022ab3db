"""Which of the presented credentials is believed: about the sender, by an anchor, signed, within its schema, not revoked."""

from datetime import datetime, timedelta

from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP, Membership, membership_from, read_credential, verify_credential
from connector.trust.errors import CredentialInvalid, DidError, TrustError
from connector.trust.presentations import Presentation
from connector.trust.questions import Asking, FetchSchema, FetchStatusList, expect, resolved
from connector.trust.schemas import SchemaReference, check_schema
from connector.trust.status import StatusList, check_status
from connector.trust.status_entries import HARMLESS, StatusEntry
from connector.trust.vc import Credential
from connector.trust.vc_jwt import issuer_key


def believed(
    presentations: list[Presentation], did: str, now: datetime, skew: timedelta, anchors: TrustAnchors
) -> Asking[Membership]:
    """The first of the presented memberships that holds: steps 7 and 8 of `authenticate`.

    Raises:
        TrustError: none does; what was wrong with the last one.
    """
    problem: TrustError = CredentialInvalid(f"the sender presented no {MEMBERSHIP}")
    for presentation in presentations:
        for jwt in presentation.credentials:
            try:
                membership = yield from _membership(jwt, presentation, did, now, skew, anchors)
            except TrustError as error:
                # One bad credential does not spoil a good one beside it.
                problem = error
            else:
                if membership is not None:
                    return membership
    raise problem


def _membership(
    jwt: str, presentation: Presentation, did: str, now: datetime, skew: timedelta, anchors: TrustAnchors
) -> Asking[Membership | None]:
    claimed = read_credential(jwt)
    if MEMBERSHIP not in claimed.types:
        return None
    if claimed.profile != presentation.profile:
        raise CredentialInvalid("the credential and its presentation are of different data models")
    # Before the issuer's document is fetched: strangers must not make us fetch things.
    if claimed.subject != did:
        raise CredentialInvalid("the sender presented a membership of somebody else")
    if not anchors.believes(MEMBERSHIP, claimed.issuer):
        raise CredentialInvalid(f"the membership is issued by {claimed.issuer[:200]!r}, who is not believed here")
    credential = yield from _verified(jwt, claimed, now, skew)
    membership = membership_from(credential)
    for reference in credential.schemas:
        yield from _look_up_schema(reference, credential)
    yield from look_up_status(membership.status, membership.issuer, now, skew)
    return membership


def _verified(jwt: str, claimed: Credential, now: datetime, skew: timedelta) -> Asking[Credential]:
    issuer = yield from resolved(claimed.issuer)
    try:
        key = issuer_key(claimed, issuer)
    except DidError:
        key = issuer_key(claimed, (yield from resolved(claimed.issuer, fresh=True)))
    return verify_credential(jwt, key, now=now, skew=skew)


def _look_up_schema(reference: SchemaReference, credential: Credential) -> Asking[None]:
    check_schema(reference, expect((yield FetchSchema(reference.url)), dict), credential.content)


def look_up_status(entries: tuple[StatusEntry, ...], issuer: str, now: datetime, skew: timedelta) -> Asking[None]:
    """Ask for the lists that a credential names, and refuse it if one of them speaks against it.

    Raises:
        CredentialRevoked: its issuer has revoked or suspended it.
        StatusInvalid: a list does not answer the question.
    """
    for entry in entries:
        if entry.purpose not in HARMLESS:
            found = expect((yield FetchStatusList(entry.list_url, issuer)), StatusList)
            check_status(entry, found, issuer=issuer, now=now, skew=skew)
