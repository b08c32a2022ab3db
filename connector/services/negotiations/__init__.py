"""Contract negotiations, both roles (DSP 2025-1, contract negotiation): what is asked, what arrives, what is owed."""

from connector.services.negotiations.service import Negotiations

__all__ = ["Negotiations"]
