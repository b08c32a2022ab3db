"""What terms have to fit: what is known of the data set that they are about, and of what else has been promised about it."""

from dataclasses import dataclass
from typing import Final

PERSONAL: Final = "personal"
TRADE_SECRET: Final = "trade-secret"  # noqa: S105 - a word of a data card
CORE_TECHNOLOGY: Final = "core-technology"
SUBCONTRACT: Final = "subcontract"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class DataFacts:
    """Facts of a data set, as its data card gives them.

    Attributes:
        classification: what kind of secret is in it: `personal`, `trade-secret`, `core-technology`, `subcontract`.
        export_control: `none`, `reported`, `approved`, or `unknown`.
        pseudonym_level: how far people are hidden: 0 not at all, 1 direct identifiers, 2 indirect ones too, 3 anonymised.
        delivery: how its publisher hands it out: `fileDelivery` or `cleanRoom`.
        taken: whether an agreement on it lives.
        promised: whether one of those is exclusive.
    """

    classification: frozenset[str] = frozenset()
    export_control: str = "none"
    pseudonym_level: int = 0
    delivery: str = "fileDelivery"
    taken: bool = False
    promised: bool = False
