"""Who is calling, and how we say who we are: Self-Issued ID tokens and presentations (DCP 1.0).

`trust.verify.authenticate` knows the steps and asks questions; here they are answered, from memory where something
fresh is known and from the network only where nothing is.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.canonical import CanonicalError, JsonObject, digest_bytes, parse_json
from connector.clock import Clock, format_time
from connector.ports.network import DidDocuments, Network, NoRoom, PeerUnreachable
from connector.ports.records import MembershipRecord, PresentedRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.access_tokens import AccessTokens
from connector.services.documents import Documents
from connector.services.errors import Busy, Unauthenticated
from connector.services.identity import Identity
from connector.services.live_tokens import LiveTokens
from connector.services.plain_lists import PlainLists
from connector.services.static_tokens import NoTokens, StaticTokens
from connector.services.status_lists import StatusLists
from connector.trace import current_trace
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import Membership
from connector.trust.dcp import MEMBERSHIP_SCOPE, read_response, type_scope, write_query
from connector.trust.did import DidDocument
from connector.trust.errors import AnchorsLapsed, CredentialInvalid, PresentationRefused, StatusUnsigned, TrustError
from connector.trust.jws import peek
from connector.trust.lapses import MEMBERSHIP_WITHOUT_KEYS, SIGNER, STATIC_TOKEN
from connector.trust.status import StatusList
from connector.trust.tokens import mint_id_token
from connector.trust.verify import (
    FetchSchema,
    FetchStatusList,
    KnownMembership,
    NotAuthenticated,
    Participant,
    QueryPresentations,
    ResolveDid,
    UseTokenOnce,
    authenticate,
)

SKEW: Final = timedelta(seconds=30)
"""How far the clock of a caller may be from ours."""
MEMBERSHIP_FRESH: Final = timedelta(minutes=5)
"""How long a membership that was shown is believed without asking again."""
_KEPT: Final = 10_000
_REFUSALS: Final = frozenset({400, 401, 403, 404, 410})
_MAX_SCHEMA: Final = 64_000
"""The largest JSON Schema that is read, in bytes."""
_ASKED_AGAIN: Final = timedelta(seconds=30)
"""How long an excepted peer whose Credential Service does not answer is not asked again: each try may take long."""
_log: Final = logging.getLogger(__name__)


class Authenticator:
    """Authenticates callers, and mints our own tokens."""

    def __init__(
        self,
        identity: Identity,
        *,
        dids: DidDocuments,
        network: Network,
        store: Store,
        clock: Clock,
        anchors: TrustAnchors,
        status_lists: StatusLists,
        static_tokens: StaticTokens | None = None,
        asks_for: tuple[str, ...] = (),
        shows: tuple[str, ...] = (),
    ) -> None:
        """`asks_for` and `shows`: types of credentials beside memberships."""
        self.static_tokens = static_tokens or StaticTokens(NoTokens())
        self._asks_for = asks_for
        self._shown = (MEMBERSHIP_SCOPE, *map(type_scope, shows))
        self._me = identity
        self._documents = Documents(dids)
        self._status_lists = status_lists
        self._network = network
        self._store = store
        self._clock = clock
        self._anchors = anchors
        self._known: dict[str, tuple[datetime, Membership]] = {}
        self._access = AccessTokens(identity.access_secret, clock)
        self._live = LiveTokens()
        self._afresh: set[str] = set()
        self._silent: dict[str, datetime] = {}
        self._plain_lists = PlainLists(clock, laboratory=identity.laboratory)
        self._exceptions: dict[str, frozenset[str]] = {}

    async def authenticate(self, header: str | None, *, demand_membership: bool = True) -> Participant:
        """The participant behind an `Authorization` header.

        Raises:
            Unauthenticated: it proves nobody; the sentence says which step failed, never anything secret.
            Busy: it cannot be found out now. A caller is not told why: he could look around our network with our eyes.
        """
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("an Authorization header with a Bearer token (DCP Self-Issued ID token) is needed")
        lapses = self._exceptions.get(issuer_of(header) or "") if self._exceptions else None
        excepted = demand_membership and lapses is not None and MEMBERSHIP_WITHOUT_KEYS not in lapses
        static = self.static_tokens.sender_of(token.strip())
        if static is not None:
            return await self._static(static, demand_membership=demand_membership)
        if self._shows_static(issuer_of(header) or ""):
            raise Unauthenticated(
                "this participant is configured for a static token here; nothing else is taken from it"
            )
        await self._anchors.keep_up()
        call = _Call(token.strip(), self._clock.now(), await self._still(issuer_of(header) or "", lapses))
        try:
            participant = await (self._excepted(call) if excepted else self._steps(call, demand=demand_membership))
        except NotAuthenticated as error:
            raise Unauthenticated(str(error)) from None
        except AnchorsLapsed as error:
            # Who it was that we believed may be told: it is our list that lapsed, and no fault of the caller.
            raise Busy(f"the caller's membership cannot be judged now: {error}") from None
        except TrustError as error:
            raise Unauthenticated(f"the identity cannot be verified: {error}") from None
        except PeerUnreachable as error:
            # Not the caller's fault, and for peers a 4xx would be final: 503, try again.
            _log.info("a caller's identity cannot be checked now: %s", error)
            raise Busy(f"the caller's identity cannot be checked now; try again (trace {current_trace()})") from None
        await self._remember(participant)
        return participant

    async def _still(self, did: str, lapses: frozenset[str] | None) -> frozenset[str]:
        """What is put up with in a participant now: nothing once it has shown a membership that binds a contract key."""
        if not lapses or await self._store.read(lambda unit: bool(unit.memberships.find(did=did, limit=1))):
            return frozenset()
        return lapses

    def _shows_static(self, did: str) -> bool:
        return STATIC_TOKEN in self._exceptions.get(did, ())

    async def _static(self, did: str, *, demand_membership: bool) -> Participant:
        """The peer to whom a static token belongs, while the operator puts up with that.

        Raises:
            Unauthenticated: he does not, or no more; or the peer has shown a membership that binds a contract key; or it is
                asked where only an identity will do.
        """
        if not self._shows_static(did) or not demand_membership:
            raise Unauthenticated("a static token is not taken here")
        if not await self._still(did, self._exceptions[did]):
            raise Unauthenticated(
                "this participant's membership binds a contract key; a static token is not taken from it"
            )
        try:
            document = await self.resolve(did)
        except PeerUnreachable:
            document = DidDocument.parse({"id": did}, did)  # the token says who it is; a document may be missing
        return Participant(did, document, None, lapses=frozenset({STATIC_TOKEN}))

    async def _excepted(self, call: "_Call") -> Participant:
        """Who is excepted from having a membership is still asked for it: who has one can sign, and is to."""
        issuer = issuer_of(f"Bearer {call.token}") or ""
        silent = self._silent.get(issuer)
        if silent is None or call.now - silent >= _ASKED_AGAIN:
            try:
                return await self._steps(call, demand=True)
            except NoRoom:
                raise
            except (TrustError, PeerUnreachable) as error:
                # What failed before the token was used up speaks of the token; what fails after it, of the membership.
                if call.used is None or (isinstance(error, NotAuthenticated) and error.step == SIGNER):
                    raise
                if isinstance(error, PeerUnreachable) or isinstance(error.__cause__, PresentationRefused):
                    if await self._store.read(lambda unit: bool(unit.memberships.find(did=issuer, limit=1))):
                        raise  # it has one, so nothing is made without it: later
                    self._silent[issuer] = call.now
                _log.info("%s is excepted and shows no membership: %s", issuer, error)
        return await self._steps(call, demand=False)

    async def _steps(self, call: "_Call", *, demand: bool) -> Participant:
        steps = authenticate(
            call.token,
            me=self._me.did,
            now=call.now,
            skew=SKEW,
            anchors=self._anchors,
            demand_membership=demand,
            token_key=self._me.token_key,
            lapses=call.lapses,
            further=self._asks_for,
        )
        try:
            question = next(steps)
            while True:
                try:
                    answer = await self._answer(question, call)
                except TrustError as error:
                    # An answer that does not hold speaks of one credential; another may be better.
                    question = steps.throw(error)
                else:
                    question = steps.send(answer)
        except StopIteration as done:
            participant: Participant = done.value
            return participant

    async def resolve(self, did: str, *, fresh: bool = False) -> DidDocument:
        """The DID document of a participant.

        Raises:
            PeerUnreachable: it cannot be had, or is none.
        """
        return await self._documents.resolve(did, fresh=fresh)

    def bearer(self, audience: str, *, access_token: str | None = None) -> str:
        """A fresh identity token for `audience`; each try to send gets its own.

        Args:
            audience: who is to read it.
            access_token: what `audience` gave us to be shown again; otherwise what opens our own credential service.

        Raises:
            PeerUnreachable: it is configured for a static token, and there is none to show.
        """
        if self._shows_static(audience):
            return self.static_tokens.for_peer(audience)
        return mint_id_token(
            self._me.token_key,
            did=self._me.did,
            audience=audience,
            now=self._clock.now(),
            access_token=self._access.give(audience, self._shown) if access_token is None else access_token,
        )

    def check_access_token(self, token: str | None, caller: str, *, late: bool = False) -> frozenset[str]:
        """What `token` lets `caller` see of our credential service, if we gave it to him; see `AccessTokens.check`.

        Raises:
            Unauthenticated: we did not, or it holds no longer.
        """
        return self._access.check(token, caller, late=late)

    def except_(self, did: str, lapses: Iterable[str]) -> None:
        """A participant whom the operator excepted from signing, and what else is put up with in it; it shows everywhere.

        It needs no membership, unless one of those lapses is that it binds no keys: then it needs that one.
        """
        self._exceptions[did] = frozenset(lapses)
        self.forget(did)

    def except_no_more(self, did: str) -> None:
        """Nothing is put up with in this participant, from now on."""
        self._exceptions.pop(did, None)
        self.forget(did)

    def forget(self, did: str) -> None:
        """Drop what is known of a participant, so that it is asked afresh."""
        self._known.pop(did, None)
        self._afresh.add(did)
        self._silent.pop(did, None)

    async def _answer(self, question: object, call: "_Call") -> Any:
        if isinstance(question, ResolveDid):
            afresh = question.did in self._afresh
            self._afresh.discard(question.did)
            return await self.resolve(question.did, fresh=question.fresh or afresh)
        if isinstance(question, UseTokenOnce):
            return await self._use_once(question, call)
        if isinstance(question, KnownMembership):
            return self._known_membership(question.did)
        if isinstance(question, QueryPresentations):
            return await self._query(question)
        if isinstance(question, FetchStatusList):
            return await self._status_list(question)
        if isinstance(question, FetchSchema):
            return await self._schema(question.url)
        raise AssertionError(f"a question without an answer: {question!r}")

    async def _use_once(self, question: UseTokenOnce, call: "_Call") -> bool:
        if call.used == (question.issuer, question.jti):
            return True  # by this very call
        if not self._live.has_room(question.issuer, call.now):
            raise NoRoom(f"too many tokens of {question.issuer} are alive")
        if not await self._store.use_token_once(question.issuer, question.jti, question.expires_at):
            return False
        self._live.add(question.issuer, question.expires_at, call.now)
        call.used = call.used or (question.issuer, question.jti)
        return True

    def _known_membership(self, did: str) -> Membership | None:
        known = self._known.get(did)
        now = self._clock.now()
        if known is None or now - known[0] > MEMBERSHIP_FRESH or known[1].valid_until <= now:
            return None
        return known[1]

    async def _remember(self, participant: Participant) -> None:
        """Keep a membership that was verified just now; contracts name it by its digest."""
        membership = participant.membership
        if membership is None:
            return
        self._live.is_member(participant.did)
        if participant.further:
            await self._store.write(lambda unit: self._keep_further(unit, participant))
        known = self._known.get(participant.did)
        if known is not None and known[1].digest == membership.digest and self._known_membership(participant.did):
            return
        if len(self._known) > _KEPT:
            self._known.clear()
        self._known[participant.did] = (self._clock.now(), membership)
        if known is not None and known[1].digest == membership.digest:
            return
        record = MembershipRecord(
            digest=membership.digest,
            did=membership.did,
            issuer=membership.issuer,
            jwt=membership.jwt,
            valid_until=format_time(membership.valid_until),
            own=False,
            at=format_time(self._clock.now()),
            profile=membership.profile,
            log_origin=membership.log_origin,
        )

        def keep(unit: UnitOfWork) -> None:
            held = unit.memberships.get(membership.digest)
            if held is None:
                unit.memberships.add(record)

        await self._store.write(keep)

    def _keep_further(self, unit: UnitOfWork, participant: Participant) -> None:
        """Keep what else was shown and holds: terms may ask for it as long as it is valid."""
        at = format_time(self._clock.now())
        for credential in participant.further:
            until = None if credential.valid_until is None else format_time(credential.valid_until)
            # Also over one that was suspended for a while: it holds again now.
            unit.presented.put(
                PresentedRecord(
                    digest=digest_bytes(credential.jwt.encode()),
                    did=participant.did,
                    issuer=credential.issuer,
                    types=tuple(credential.types),
                    jwt=credential.jwt,
                    valid_until=until,
                    at=at,
                )
            )

    async def _query(self, question: QueryPresentations) -> list[str]:
        body = json.dumps(write_query(question.scopes)).encode()
        answer = await self._network.post(
            question.endpoint.rstrip("/") + "/presentations/query", body, question.id_token or ""
        )
        if answer.status in _REFUSALS:
            raise PresentationRefused(
                f"the credential service of {question.did} answers {answer.status}: {answer.text}"
            )
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"the credential service of {question.did} answers {answer.status}: {answer.text}")
        try:
            data = parse_json(answer.body)
        except CanonicalError as error:
            raise PeerUnreachable(f"the credential service of {question.did} answers nonsense: {error}") from None
        return list(read_response(data))

    async def _status_list(self, question: FetchStatusList) -> StatusList:
        try:
            return await self._status_lists.get(question.url, question.issuer)
        except StatusUnsigned as error:
            if not question.unsigned:
                raise
            return self._plain_lists.read(error.document, url=question.url, issuer=question.issuer)

    async def _schema(self, url: str) -> JsonObject:
        answer = await self._network.get(url)
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"the credential's schema {url[:200]} answers {answer.status}")
        try:
            data = parse_json(answer.body, max_bytes=_MAX_SCHEMA, floats=True)
        except CanonicalError as error:
            raise CredentialInvalid(f"the credential's schema {url[:200]} cannot be read: {error}") from None
        if not isinstance(data, dict):
            raise CredentialInvalid(f"the credential's schema {url[:200]} is no JSON object")
        return data


@dataclass(slots=True)
class _Call:
    """One request: its token, when it came, what is put up with in its sender, and what its token was used up under."""

    token: str
    now: datetime
    lapses: frozenset[str]
    used: tuple[str, str] | None = None


def issuer_of(header: str | None) -> str | None:
    """Whose token this claims to be; unverified, for logs and limits only."""
    _, _, token = (header or "").partition(" ")
    try:
        issuer = peek(token)[1].get("iss")
    except TrustError:
        return None
    return issuer if isinstance(issuer, str) else None
