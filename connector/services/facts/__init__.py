"""What is known about who asks, about the data, and about what was used, as policies see it (issue: each operand a fact).

Everything is read in the unit of work that decides, so that a decision and what follows from it stand on the same state.
A fact that is not known stays None, and what cannot be judged carries no data (`policies.context`).
"""

from connector.services.facts.assets import asset_of
from connector.services.facts.contexts import Occasion, for_catalog, for_negotiation, for_start, for_transfer, refreshed
from connector.services.facts.exclusivity import is_alone
from connector.services.facts.needs import operands_of
from connector.services.facts.parties import party_of

__all__ = [
    "Occasion", "asset_of", "for_catalog", "for_negotiation", "for_start", "for_transfer", "is_alone", "operands_of", "party_of",
    "refreshed",
]  # fmt: skip
