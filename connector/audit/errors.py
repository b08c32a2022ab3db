"""What can be wrong with a log, its entries, checkpoints and proofs.

::

    AuditError
    ├── EntryError         an entry that is malformed
    ├── ProofError         an inclusion or consistency proof that does not hold, or cannot exist
    └── CheckpointError    a checkpoint or proof file that is malformed or not signed by the log
"""


class AuditError(Exception):
    """Something about a log does not hold."""


class EntryError(AuditError):
    """An entry is malformed."""


class ProofError(AuditError):
    """An inclusion or consistency proof does not hold, or was asked for outside the tree."""


class CheckpointError(AuditError):
    """A checkpoint or a proof file is malformed, or not signed by the log that it names."""
