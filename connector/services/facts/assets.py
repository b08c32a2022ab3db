"""The data, as policies see it: its export class, how far it is pseudonymised, and the consents that stand."""

from datetime import datetime

from catalog.data_facts import facts_of_description
from connector.clock import parse_time
from connector.ports.records import ConsentRecord, DatasetRecord
from connector.ports.store import UnitOfWork
from connector.services.facts.needs import CONSENT, OF_THE_DATA
from policies.context import NOTHING_KNOWN, Asset
from policies.data import UNKNOWN
from policies.vocabulary import purpose_iri


def asset_of(
    unit: UnitOfWork, dataset: DatasetRecord | None, now: datetime, needed: frozenset[str], purpose: str | None = None
) -> Asset:
    """A data set of ours; nothing is known of one that is not here.

    Args:
        unit: where to look.
        dataset: the data set.
        now: when.
        needed: the operands that are asked about; what is not needed is not looked up.
        purpose: what the data is to be used for: only consents for that count. None: no use is asked for yet.
    """
    if dataset is None:
        return NOTHING_KNOWN
    if needed.isdisjoint(OF_THE_DATA):
        return Asset(dataset.id)
    said = facts_of_description(dataset.description)  # the same as what terms are held against before they are offered
    known = said is not None and said.export_control != UNKNOWN
    return Asset(
        id=dataset.id,
        export_control=said.export_control if said is not None and known else None,
        pseudonym_level=said.pseudonym_level if said is not None else None,
        consents=_consents(unit, dataset, now, purpose) if CONSENT in needed else None,
    )


def stands(consent: ConsentRecord, now: datetime) -> bool:
    """Whether a consent stands: not withdrawn, and not over."""
    return consent.withdrawn_at is None and (consent.until is None or parse_time(consent.until) > now)


def _consents(unit: UnitOfWork, dataset: DatasetRecord, now: datetime, purpose: str | None) -> frozenset[str]:
    # A consent may have been given before the data set had a name here: it names the content then.
    held = [*unit.consents.find(dataset=dataset.id), *unit.consents.find(dataset=dataset.digest)]
    return frozenset(consent.digest for consent in held if stands(consent, now) and _covers(consent, purpose))


def _covers(consent: ConsentRecord, purpose: str | None) -> bool:
    return purpose is None or not consent.purposes or purpose_iri(purpose) in consent.purposes
