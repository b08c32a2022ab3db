"""Consents of producers: kept when given, and when one is withdrawn everything that stands on it stops (domain: 동의).

An agreement stands on a consent when its terms name the digest (`consent`). The facts of each request hold only consents that
stand, so nothing new begins from the moment of the withdrawal on; the agreements themselves are ended as well, told and
signed. What was used lawfully before stays lawful.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.contracts.consents import Consent, check_consent, consent_digest, make_consent, read_consent
from connector.contracts.errors import ContractError
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act, ConsentRecord, ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import log_act
from connector.services.authenticate import Authenticator
from connector.services.errors import Conflict, NotFound, Unprocessable
from connector.services.facts.needs import CONSENT, values_of
from connector.services.identity import Identity
from connector.services.purposes import purpose_iri
from policies.parse import parse_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperConsent:
    """A consent that is a document on paper or in a file: we keep its digest and what a person says that it says."""

    digest: str
    producer: str
    dataset: str
    purposes: Sequence[str]
    until: datetime | None


class Consents:
    """What producers have consented to. `stop` ends agreements of ours, by id, in the withdrawal's own unit of work."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        authenticator: Authenticator,
        clock: Clock,
        stop: Callable[[UnitOfWork, Sequence[str], str], object],
    ) -> None:
        self._me = identity
        self._store = store
        self._authenticator = authenticator
        self._clock = clock
        self._stop = stop

    def give(self, provider: str, dataset: str, purposes: Sequence[str], until: datetime | None) -> JsonObject:
        """As producer: a signed receipt of our consent, for a provider to keep.

        Raises:
            BadRequest: a purpose that is in no list.
        """
        consent = Consent(
            producer=self._me.did,
            provider=provider,
            dataset=dataset,
            purposes=tuple(purpose_iri(purpose) for purpose in purposes),
            until=until,
            given_at=self._clock.now(),
        )
        return make_consent(consent, self._me.contract_key)

    async def keep(self, receipt: JsonObject, *, by: Act) -> ConsentRecord:
        """Keep a receipt that a producer has signed, after checking it.

        Raises:
            Unprocessable: it does not hold, is not for us, or its signature cannot be checked now.
            Conflict: it is kept already.
        """
        try:
            said = read_consent(receipt)
            document = await self._authenticator.resolve(said.producer, fresh=True)
            consent = check_consent(receipt, document)
        except (ContractError, PeerUnreachable) as error:
            raise Unprocessable(f"the consent does not hold: {error}") from None
        if consent.provider != self._me.did:
            raise Unprocessable(f"the consent is given to {consent.provider[:200]}, not to this company")
        kept = _record(consent_digest(receipt), consent.producer, consent.dataset, consent.purposes, consent.until)
        return await self._add(replace(kept, receipt=receipt, signed=True), by)

    async def note(self, paper: PaperConsent, *, by: Act) -> ConsentRecord:
        """Keep a consent that is a document elsewhere, by its digest.

        Raises:
            BadRequest: a purpose that is in no list.
            Conflict: it is kept already.
        """
        purposes = [purpose_iri(purpose) for purpose in paper.purposes]
        return await self._add(_record(paper.digest, paper.producer, paper.dataset, purposes, paper.until), by)

    async def withdraw(self, digest: str, reason: str, *, by: Act) -> ConsentRecord:
        """Note that a producer has taken its consent back, and end all that stands on it.

        Raises:
            NotFound: no such consent is kept.
            Conflict: it was withdrawn before.
        """
        now = self._clock.now()

        def work(unit: UnitOfWork) -> ConsentRecord:
            held = unit.consents.get(digest)
            if held is None:
                raise NotFound("there is no such consent")
            if held.withdrawn_at is not None:
                raise Conflict(f"this consent was withdrawn on {held.withdrawn_at}")
            gone = replace(held, withdrawn_at=format_time(now), withdrawn_reason=reason)
            unit.consents.put(gone)
            log_act(unit, replace(by, object=digest))
            told = f"the producer has withdrawn its consent: {reason}"
            self._stop(unit, [contract.id for contract in standing_on(unit, digest)], told)
            return gone

        return await self._store.write(work)

    async def _add(self, record: ConsentRecord, by: Act) -> ConsentRecord:
        now = self._clock.now()
        kept = replace(record, at=format_time(now))

        def work(unit: UnitOfWork) -> ConsentRecord:
            if unit.consents.get(kept.digest) is not None:
                raise Conflict("this consent is kept already")
            unit.consents.add(kept)
            log_act(unit, replace(by, object=kept.digest))
            return kept

        return await self._store.write(work)


def standing_on(unit: UnitOfWork, digest: str) -> list[ContractRecord]:
    """The agreements of ours as provider that stand on a consent and have not ended."""
    held = unit.consents.get(digest)
    if held is None:
        return []
    datasets = {held.dataset, *(dataset.id for dataset in unit.datasets.find(digest=held.dataset))}
    contracts = [one for name in sorted(datasets) for one in unit.contracts.find(dataset=name, role="provider")]
    return [one for one in contracts if not one.over and digest in values_of(parse_policy(one.agreement), CONSENT)]


def _record(digest: str, producer: str, dataset: str, purposes: Sequence[str], until: datetime | None) -> ConsentRecord:
    return ConsentRecord(
        digest=digest,
        producer=producer,
        dataset=dataset,
        purposes=list(purposes),
        until=None if until is None else format_time(until),
        receipt=None,
        signed=False,
        at="",
    )
