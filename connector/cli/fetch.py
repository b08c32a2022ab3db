"""`mmd fetch`: the one-call way to data: contract, delivery, check, file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choices import purpose_iri
from connector.cli.choose import contract_called, matches, one_of, spellings, words
from connector.cli.clauses import show_clauses
from connector.cli.contracts import MOST, state_text
from connector.cli.delivery import check_target, deliver, save
from connector.cli.negotiate import PATIENCE, negotiate
from connector.cli.screen import size_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

STANDING = frozenset({"signed", "complete", "one-sided", "ending", "suspended", "held"})
"""The states of a contract under which data may still be asked for."""


def command(
    session: Session,
    *,
    dataset: Annotated[str, Argument(metavar="DATASET", help="cli.fetch.dataset")],
    output: Annotated[Path, Option("--output", "-o", metavar="FILE", help="cli.fetch.output")],
    purpose: Annotated[str | None, Option("--purpose", metavar="PURPOSE", help="cli.fetch.purpose")] = None,
    person: Annotated[str | None, Option("--person", metavar="NAME", help="cli.fetch.person")] = None,
    provider: Annotated[str | None, Option("--provider", metavar="DID", help="cli.fetch.provider")] = None,
    contract: Annotated[str | None, Option("--contract", metavar="ID", help="cli.fetch.contract")] = None,
    offer: Annotated[str | None, Option("--offer", metavar="ID", help="cli.negotiate.offer")] = None,
    negotiation: Annotated[bool | None, Option("--negotiate/--no-negotiate", help="cli.fetch.negotiate")] = None,
    resume: Annotated[str | None, Option("--resume", metavar="DELIVERY", help="cli.fetch.resume")] = None,
    push: Annotated[bool, Option("--push", help="cli.fetch.push")] = False,
    timeout: Annotated[int, Option("--timeout", metavar="SECONDS", help="cli.fetch.timeout")] = PATIENCE,
) -> int | None:
    check_target(session, output)
    with session.client() as client:
        if contract is not None:
            standing: Json | None = contract_called(session, client, contract)
            if standing and not matches(str(standing.get("dataset", "")), dataset):
                raise session.usage("other_dataset", contract=standing["id"], dataset=standing.get("dataset"))
        else:
            standing = None if negotiation else standing_contract(session, client, dataset, provider)
        if standing is None:
            if negotiation is False:
                raise session.error("no_contract", dataset=dataset)
            view = negotiate(session, client, dataset, provider, offer, timeout=timeout)
            standing = client.contract(str(view["agreementId"]))
        session.screen.note(session.say("fetch.under", contract=standing["id"]))
        stated = _purpose(session, standing, purpose)
        agreed = str(standing["id"])
        delivery = deliver(session, client, agreed, stated, person=person, resume=resume, push=push, patience=timeout)
        count, digest, checked = save(session, client, delivery, output)
    session.screen.result(
        {
            "contract": standing["id"],
            "delivery": delivery["id"],
            "file": str(output),
            "bytes": count,
            "digest": digest,
            "checked": checked,
            "receipts": delivery.get("receipts"),
        }
    )
    key = "fetch.done" if checked else "fetch.done_unchecked"
    session.screen.line(session.say(key, file=output, size=size_text(count), digest=digest), "green")
    return None


def standing_contract(
    session: Session, client: "ManagementClient", dataset: str, provider: str | None
) -> "Json | None":
    """The best contract that we hold for the data set: confirmed first, then with uses left, then the latest.

    One that has used up its count is still the contract that there is: the refusal names the clause, and `--negotiate`
    asks for another. What a side has ended is not replaced behind the person's back.

    Raises:
        CommandError: the only contracts are ended; the beginning fits several data sets.
    """
    held = [
        item
        for text in spellings(dataset)
        for item in client.contracts(dataset=text, limit=MOST)
        if str(item.get("role", "")).lower() == "consumer"
        and matches(str(item.get("dataset", "")), dataset)
        and provider in (None, item.get("counterparty"))
    ]
    if not held:
        return None
    names = {str(item["dataset"]): item for item in held}
    chosen = one_of(session, names.values(), dataset, key="dataset", kind="dataset")["dataset"]
    held = [item for item in held if item["dataset"] == chosen]
    standing = [item for item in held if item.get("state") in STANDING]
    if not standing:
        latest = max(held, key=_signed)
        reason = latest.get("withdrawnReason") or "-"
        raise session.error("contract_ended", contract=latest["id"], state=state_text(session, latest), reason=reason)
    return max(standing, key=lambda item: (bool(item.get("confirmed")), _has_uses_left(item), _signed(item)))


def _has_uses_left(item: "Json") -> bool:
    allowed = item.get("usesAllowed")
    return allowed is None or int(item.get("usesReserved") or 0) < int(allowed)


def _signed(item: "Json") -> str:
    return str(item.get("signedAt") or "")


def _purpose(session: Session, contract: "Json", given: str | None) -> str | None:
    """The purpose in its full form; asked for when there is someone to ask."""
    if given is None and session.screen.interactive:
        session.screen.note(session.say("fetch.clauses", title=words(contract.get("title"), session.lang)))
        show_clauses(session, contract.get("clauses", []))
        given = session.screen.ask(session.say("fetch.ask_purpose"))
    return purpose_iri(given) if given else None
