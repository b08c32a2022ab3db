"""What an evidence file says about deletion: the consumer's certificates beside the receipts of both sides."""

from collections.abc import Iterator, Mapping

from connector.contracts.case import Case
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.notices import NoticeDocument
from connector.contracts.vocabulary import CONSUMER
from connector.protocol.notices import DELETION_CERTIFICATE


def judge_deletions(
    case: Case, sent: Mapping[str, NoticeDocument], received: Mapping[str, NoticeDocument]
) -> Finding | None:
    """Whether the certificates are true by the receipts, and leave nothing out; None when there is no certificate.

    Args:
        case: the file.
        sent: the provider's last word on each delivery.
        received: the consumer's.

    Raises:
        ContractError: a certificate names a delivery that its author never received, or another digest of it.
    """
    deleted: set[str] = set()
    for path, delivery, digest in _certified(case):
        receipt = received.get(delivery)
        if receipt is None:
            raise ContractError("deletion-unknown", delivery=delivery).about(path)
        if receipt.notice.content["digest"] != digest:
            raise ContractError("deletion-digest", delivery=delivery).about(path)
        deleted.add(delivery)
    if not deleted:
        return None
    missing = sorted((sent.keys() & received.keys()) - deleted)
    facts = {"sent": str(len(sent)), "received": str(len(received)), "deleted": str(len(deleted))}
    if missing:
        return Finding("deletion-incomplete", {**facts, "missing": ", ".join(missing[:5]), "count": str(len(missing))})
    return Finding("deliveries-deleted", facts)


def _certified(case: Case) -> Iterator[tuple[str, str, str]]:
    for path, found in case.notices[CONSUMER].items():
        if found.notice.kind == DELETION_CERTIFICATE:
            for item in found.notice.content["deleted"]:
                yield path, item["delivery"], item["digest"]
