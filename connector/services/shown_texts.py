"""The clauses as text that our signatures name: kept when we sign, for the sentences change from release to release."""

from collections.abc import Mapping, Sequence
from typing import Any

from connector.contracts.shown import digest_of_text, shown_digests, terms_texts
from connector.ports.records import ContractRecord, ShownTextRecord
from connector.ports.store import UnitOfWork


def keep_texts(unit: UnitOfWork, agreement: Mapping[str, Any]) -> None:
    """Keep the clauses of an agreement as we make text of them now; what is kept already stays."""
    for text in terms_texts(agreement).values():
        keep_text(unit, text)


def keep_text(unit: UnitOfWork, text: str) -> None:
    """Keep one text, by its digest."""
    digest = digest_of_text(text)
    if unit.shown_texts.get(digest) is None:
        unit.shown_texts.add(ShownTextRecord(digest=digest, text=text))


def kept_texts(unit: UnitOfWork, contract: ContractRecord) -> Sequence[str]:
    """The texts that P and C of a contract name, as far as they are here, or come of the terms with our sentences."""
    made = {digest_of_text(text): text for text in terms_texts(contract.agreement).values()}
    found = []
    for digest in shown_digests(contract.signatures.get("P"), contract.signatures.get("C")):
        record = unit.shown_texts.get(digest)
        text = record.text if record is not None else made.get(digest)
        if text is not None:
            found.append(text)
    return found
