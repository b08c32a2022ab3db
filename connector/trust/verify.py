"""Who sends this request? A generator that asks questions and returns a Participant.

It fetches nothing and remembers nothing: whoever runs it answers its questions, from memory where something fresh is
known and from the network otherwise. An answer that cannot be had is thrown into it, or simply raised past it.
"""

from datetime import datetime, timedelta

from connector.trust.anchors import TrustAnchors
from connector.trust.believing import also_believed, believed, look_up_status
from connector.trust.credentials import MEMBERSHIP, Credential, Membership
from connector.trust.dcp import CREDENTIAL_SERVICE, MEMBERSHIP_SCOPE, type_scope
from connector.trust.did import DidDocument
from connector.trust.errors import (
    AnchorsLapsed,
    CredentialRevoked,
    DidError,
    NotAuthenticated,
    StatusInvalid,
    TokenInvalid,
    TrustError,
)
from connector.trust.jws import Jws
from connector.trust.keys import SigningKey
from connector.trust.lapses import Leniency
from connector.trust.presentations import Presentation, verify_presentation
from connector.trust.questions import (
    Answer,
    Asking,
    FetchSchema,
    FetchStatusList,
    KnownMembership,
    Participant,
    QueryPresentations,
    Question,
    ResolveDid,
    UseTokenOnce,
    expect,
    resolved,
)
from connector.trust.tokens import IdToken, claimed_issuer, mint_id_token, validate_id_token

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


def authenticate(
    token: str,
    *,
    me: str,
    now: datetime,
    skew: timedelta,
    anchors: TrustAnchors,
    demand_membership: bool = True,
    token_key: SigningKey | None = None,
    lapses: frozenset[str] = frozenset(),
    further: tuple[str, ...] = (),
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
        further: types of other credentials that are asked for with the membership; those that hold are given too.
        lapses: what is put up with in this sender (`connector.trust.lapses`), if its membership binds no contract key.

    Raises:
        NotAuthenticated: a step does not hold; `step` is its word above.
        AnchorsLapsed: whether the issuer of the membership is believed cannot be said at the moment.
    """
    step = "token"
    leniency = Leniency(lapses)
    shown: list[Presentation] = []
    try:
        jws, issuer = claimed_issuer(token)
        step = "document"
        document = yield from resolved(issuer)
        step = "identity"
        document, id_token = yield from _identity(jws, document, me, now, skew, leniency)
        step = "replay"
        yield from _use_once(issuer, id_token.jti, id_token.forget_at)
        if not demand_membership:
            return Participant(issuer, document, None, id_token, lapses=frozenset(leniency.needed))
        step = "membership"
        membership: Membership | Credential | None = yield from _known(issuer, now, skew, anchors)
        if membership is None:
            step = "presentation"
            query = _query(document, id_token, me, now, token_key, further)
            shown = yield from _presented(query, document, me, now, skew, leniency)
            step = "credential"
            membership = yield from believed(shown, issuer, now, skew, anchors, leniency)
        if isinstance(membership, Credential):
            return Participant(issuer, document, None, id_token, membership, frozenset(leniency.needed))
        leniency.check_signer()
        others = yield from also_believed(shown, issuer, now, skew, anchors, further)
        return Participant(issuer, document, membership, id_token, further=others)
    except (NotAuthenticated, AnchorsLapsed):
        raise
    except (CredentialRevoked, StatusInvalid) as error:
        raise NotAuthenticated("status", str(error)) from error
    except TrustError as error:
        raise NotAuthenticated(step, str(error)) from error


def _identity(
    jws: Jws, document: DidDocument, me: str, now: datetime, skew: timedelta, leniency: Leniency
) -> Asking[tuple[DidDocument, IdToken]]:
    try:
        return document, validate_id_token(jws, leniency.document(document), audience=me, now=now, skew=skew)
    except DidError:
        fresh = yield from resolved(document.did, fresh=True)
        if fresh == document:
            raise
        return fresh, validate_id_token(jws, leniency.document(fresh), audience=me, now=now, skew=skew)


def _known(did: str, now: datetime, skew: timedelta, anchors: TrustAnchors) -> Asking[Membership | None]:
    known = yield KnownMembership(did)
    if known is None:
        return None
    membership = expect(known, Membership)
    # What was verified then must still be believed, and still be valid, now.
    if membership.did != did or now >= membership.valid_until or not anchors.believes(MEMBERSHIP, membership.issuer):
        return None
    try:
        yield from look_up_status(membership.status, membership.issuer, now, skew, Leniency())
    except CredentialRevoked:
        return None  # he may hold a newer one
    return membership


def _query(
    document: DidDocument,
    id_token: IdToken,
    me: str,
    now: datetime,
    token_key: SigningKey | None,
    further: tuple[str, ...],
) -> QueryPresentations:
    access_token = id_token.access_token
    if access_token is None:
        raise TokenInvalid("the token holds no access token (claim token) for the sender's Credential Service")
    services = document.services(CREDENTIAL_SERVICE)
    if not services:
        raise DidError(f"the sender's DID document names no service of type {CREDENTIAL_SERVICE}")
    scopes = (MEMBERSHIP_SCOPE, *map(type_scope, further))
    own = None
    if token_key is not None:
        own = mint_id_token(token_key, did=me, audience=document.did, now=now, access_token=access_token)
    return QueryPresentations(document.did, services[0].endpoint, access_token, scopes, own)


def _presented(
    query: QueryPresentations, document: DidDocument, me: str, now: datetime, skew: timedelta, leniency: Leniency
) -> Asking[list[Presentation]]:
    presentations: list[Presentation] = []
    for jwt in expect((yield query), list):
        presentation = verify_presentation(
            jwt, leniency.document(document), audience=me, now=now, skew=skew, leniency=leniency
        )
        if presentation.jti is not None:
            yield from _use_once(document.did, f"presentation:{presentation.jti}", presentation.forget_at)
        presentations.append(presentation)
    return presentations


def _use_once(issuer: str, jti: str, expires_at: datetime) -> Asking[None]:
    if not expect((yield UseTokenOnce(issuer, jti, expires_at)), bool):
        raise NotAuthenticated("replay", "the token or presentation was used before; each is used once")
