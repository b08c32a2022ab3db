"""What can be wrong with a log, its entries, checkpoints and proofs.

::

    AuditError
    ├── EntryError         an entry that is malformed
    ├── ProofError         an inclusion or consistency proof that does not hold, or cannot exist
    ├── CheckpointError    a checkpoint or proof file that is malformed or not signed by the log
    ├── PolicyFileError    a witness policy that is malformed
    └── WitnessRefusal     a checkpoint that is not cosigned, with the standard's status
"""


class AuditError(Exception):
    """Something about a log does not hold."""


class EntryError(AuditError):
    """An entry is malformed."""


class ProofError(AuditError):
    """An inclusion or consistency proof does not hold, or was asked for outside the tree."""


class CheckpointError(AuditError):
    """A checkpoint or a proof file is malformed, or not signed by the log that it names."""


class PolicyFileError(AuditError):
    """A witness policy (C2SP `tlog-policy`) is malformed; the sentence names the line."""


class WitnessRefusal(AuditError):
    """A checkpoint is not cosigned. `status` is the HTTP status of C2SP `tlog-witness`; `size` goes with a 409."""

    def __init__(self, status: int, why: str, size: int | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.size = size
