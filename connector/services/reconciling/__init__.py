"""Coming back from an older backup: asking others, taking up what was forgotten, going on without a second history."""

from connector.services.reconciling.service import Reconciling

__all__ = ["Reconciling"]
