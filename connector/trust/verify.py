"""Who sends this request? A generator that asks questions and returns a Participant.

It fetches nothing and remembers nothing: whoever runs it answers its questions, from memory where something fresh is
known and from the network otherwise. An answer that cannot be had is thrown into it, or simply raised past it.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP, Membership, membership_from, read_credential, verify_credential
from connector.trust.dcp import CREDENTIAL_SERVICE, MEMBERSHIP_SCOPE
from connector.trust.did import DidDocument
from connector.trust.errors import (
    CredentialInvalid,
    CredentialRevoked,
    DidError,
    NotAuthenticated,
    StatusInvalid,
    TokenInvalid,
    TrustError,
)
from connector.trust.jws import Jws
from connector.trust.keys import SigningKey
from connector.trust.presentations import Presentation, verify_presentation
from connector.trust.schemas import SchemaReference, check_schema
from connector.trust.status import StatusList, check_status
from connector.trust.status_entries import HARMLESS, StatusEntry
from connector.trust.tokens import IdToken, claimed_issuer, mint_id_token, validate_id_token
from connector.trust.vc import Credential
from connector.trust.vc_jwt import issuer_key

__all__ = [
    "Answer",
    "FetchSchema",
    "FetchStatusList",
    "KnownMembership",
    "NotAuthenticated",
    "Participant",
    "QueryPresentations",
    "Question",
    "ResolveDid",
    "UseTokenOnce",
    "authenticate",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResolveDid:
    """Answer: the DidDocument of this DID. `fresh` asks past any cache, since a key was not found in a cached one."""

    did: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class UseTokenOnce:
    """Answer: True when this issuer's `jti` was not used before; from now on it is, at least until `expires_at`."""

    issuer: str
    jti: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KnownMembership:
    """Answer: the Membership that this DID showed lately and that was verified then; None to ask again."""

    did: str


@dataclass(frozen=True, slots=True)
class QueryPresentations:
    """Answer: the presentations (JWT) that the Credential Service at `endpoint` gives for these scopes.

    `id_token` is our own Self-Issued ID token for the query, when `authenticate` was given a key to make it; it holds
    `access_token`.
    """

    did: str
    endpoint: str
    access_token: str
    scopes: tuple[str, ...]
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class FetchStatusList:
    """Answer: the StatusList that lies at this URL, verified as this issuer's (`verify_status_list`).

    Raise StatusInvalid into it when what lies there is none of his, or older than one that was seen.
    """

    url: str
    issuer: str


@dataclass(frozen=True, slots=True)
class FetchSchema:
    """Answer: the JSON document at this URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Participant:
    """Who sends: authenticated, and a member if that was demanded.

    Attributes:
        did: the sender.
        document: the DID document by which he was authenticated.
        membership: his verified membership; None when none was demanded.
        token: the token that he showed.
    """

    did: str
    document: DidDocument
    membership: Membership | None
    token: IdToken | None = None


Question: TypeAlias = ResolveDid | UseTokenOnce | KnownMembership | QueryPresentations | FetchStatusList | FetchSchema
Answer: TypeAlias = DidDocument | bool | Membership | list[str] | StatusList | dict[str, Any] | None
Asking: TypeAlias = Generator[Question, Answer, T]


def authenticate(
    token: str,
    *,
    me: str,
    now: datetime,
    skew: timedelta,
    anchors: TrustAnchors,
    demand_membership: bool = True,
    token_key: SigningKey | None = None,
) -> Asking[Participant]:
    """Authenticate the sender of a request by his Self-Issued ID token and, if demanded, his membership.

    1. `token`: the token is read; it says from whom it claims to be.
    2. `document`: that DID is resolved (question ResolveDid).
    3. `identity`: the token is validated (`validate_id_token`). A key that is not in the document is looked for once
       more in a fresh one: it may be new.
    4. `replay`: the token was not used before (question UseTokenOnce).
    5. `membership`: what was shown lately still holds (question KnownMembership), or else
    6. `presentation`: the sender's Credential Service is asked (question QueryPresentations); of each presentation
       the holder is verified, and it is used once, and
    7. `credential`: one of its MembershipCredentials is about the sender, verified with a key of an issuer whom
       the anchors believe (question ResolveDid), and keeps to its own schema (question FetchSchema), and
    8. `status`: its issuer has not revoked or suspended it (question FetchStatusList). A membership that was shown
       lately is looked up here too.

    Args:
        token: the bearer token of the request.
        me: our own DID.
        now: the present moment.
        skew: by how much two clocks may differ.
        anchors: which issuers are believed.
        demand_membership: whether a sender without membership is refused.
        token_key: our own token key, to make the token for the query; without it the answerer makes one.

    Raises:
        NotAuthenticated: a step does not hold; `step` is its word above.
    """
    step = "token"
    try:
        jws, issuer = claimed_issuer(token)
        step = "document"
        document = yield from _resolve(issuer)
        step = "identity"
        document, id_token = yield from _identity(jws, document, me, now, skew)
        step = "replay"
        yield from _use_once(issuer, id_token.jti, id_token.forget_at)
        if not demand_membership:
            return Participant(issuer, document, None, id_token)
        step = "membership"
        membership = yield from _known(issuer, now, skew, anchors)
        if membership is None:
            step = "presentation"
            query = _query(document, id_token, me, now, token_key)
            credentials = yield from _presented(query, document, me, now, skew)
            step = "credential"
            membership = yield from _believed(credentials, issuer, now, skew, anchors)
        return Participant(issuer, document, membership, id_token)
    except NotAuthenticated:
        raise
    except (CredentialRevoked, StatusInvalid) as error:
        raise NotAuthenticated("status", str(error)) from error
    except TrustError as error:
        raise NotAuthenticated(step, str(error)) from error


def _identity(
    jws: Jws, document: DidDocument, me: str, now: datetime, skew: timedelta
) -> Asking[tuple[DidDocument, IdToken]]:
    try:
        return document, validate_id_token(jws, document, audience=me, now=now, skew=skew)
    except DidError:
        fresh = yield from _resolve(document.did, fresh=True)
        if fresh == document:
            raise
        return fresh, validate_id_token(jws, fresh, audience=me, now=now, skew=skew)


def _known(did: str, now: datetime, skew: timedelta, anchors: TrustAnchors) -> Asking[Membership | None]:
    known = yield KnownMembership(did)
    if known is None:
        return None
    membership = _expect(known, Membership)
    # What was verified then must still be believed, and still be valid, now.
    if membership.did != did or now >= membership.valid_until or not anchors.believes(MEMBERSHIP, membership.issuer):
        return None
    try:
        yield from _check_status(membership.status, membership.issuer, now, skew)
    except CredentialRevoked:
        return None  # he may hold a newer one
    return membership


def _query(
    document: DidDocument, id_token: IdToken, me: str, now: datetime, token_key: SigningKey | None
) -> QueryPresentations:
    access_token = id_token.access_token
    if access_token is None:
        raise TokenInvalid("the token holds no access token (claim token) for the sender's Credential Service")
    services = document.services(CREDENTIAL_SERVICE)
    if not services:
        raise DidError(f"the sender's DID document names no service of type {CREDENTIAL_SERVICE}")
    own = None
    if token_key is not None:
        own = mint_id_token(token_key, did=me, audience=document.did, now=now, access_token=access_token)
    return QueryPresentations(document.did, services[0].endpoint, access_token, (MEMBERSHIP_SCOPE,), own)


def _presented(
    query: QueryPresentations, document: DidDocument, me: str, now: datetime, skew: timedelta
) -> Asking[list[Presentation]]:
    presentations: list[Presentation] = []
    for jwt in _expect((yield query), list):
        presentation = verify_presentation(jwt, document, audience=me, now=now, skew=skew)
        yield from _use_once(document.did, f"presentation:{presentation.jti}", presentation.forget_at)
        presentations.append(presentation)
    return presentations


def _believed(
    presentations: list[Presentation], did: str, now: datetime, skew: timedelta, anchors: TrustAnchors
) -> Asking[Membership]:
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
        yield from _check_schema(reference, credential)
    yield from _check_status(membership.status, membership.issuer, now, skew)
    return membership


def _verified(jwt: str, claimed: Credential, now: datetime, skew: timedelta) -> Asking[Credential]:
    issuer = yield from _resolve(claimed.issuer)
    try:
        key = issuer_key(claimed, issuer)
    except DidError:
        key = issuer_key(claimed, (yield from _resolve(claimed.issuer, fresh=True)))
    return verify_credential(jwt, key, now=now, skew=skew)


def _check_schema(reference: SchemaReference, credential: Credential) -> Asking[None]:
    check_schema(reference, _expect((yield FetchSchema(reference.url)), dict), credential.content)


def _check_status(entries: tuple[StatusEntry, ...], issuer: str, now: datetime, skew: timedelta) -> Asking[None]:
    for entry in entries:
        if entry.purpose not in HARMLESS:
            found = _expect((yield FetchStatusList(entry.list_url, issuer)), StatusList)
            check_status(entry, found, issuer=issuer, now=now, skew=skew)


def _resolve(did: str, *, fresh: bool = False) -> Asking[DidDocument]:
    document = _expect((yield ResolveDid(did, fresh)), DidDocument)
    if document.did != did:
        raise DidError(f"the document of {document.did} was given for {did}")
    return document


def _use_once(issuer: str, jti: str, expires_at: datetime) -> Asking[None]:
    if not _expect((yield UseTokenOnce(issuer, jti, expires_at)), bool):
        raise NotAuthenticated("replay", "the token or presentation was used before; each is used once")


def _expect(answer: object, kind: type[T]) -> T:
    if not isinstance(answer, kind):
        raise TypeError(f"the question was answered by a {type(answer).__name__} instead of a {kind.__name__}")
    return answer
