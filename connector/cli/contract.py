"""`mmd contract`: a contract as people read it, made from the signed bytes alone: text, HTML or PDF."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, cast

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.delivery import check_target, whole_file
from connector.cli.failures import CommandError
from connector.cli.screen import size_text
from connector.cli.session import Session
from connector.cli.trust_files import UNJUDGED
from connector.clock import SystemClock

if TYPE_CHECKING:
    from connector.contracts.document import Document

FORMS: Final = (".pdf", ".html", ".txt")


def command(
    session: Session,
    what: Annotated[str, Argument(metavar="CONTRACT|FILE", help="cli.contract.what")],
    output: Annotated[Path | None, Option("--output", "-o", metavar="FILE", help="cli.contract.output")] = None,
) -> int | None:
    if output is not None:
        if output.suffix.lower() not in FORMS:
            raise session.usage("no_document_name", file=output)
        check_target(session, output)
    from connector.contracts.document import text_digest
    from connector.contracts.document_text import as_text

    document = _document(session, what)
    text = as_text(document)
    facts = {"contract": document.agreement_id, "lang": document.lang, "textDigest": text_digest(text)}
    if output is None:
        session.screen.result({**facts, "text": text})
        session.screen.line(text.removesuffix("\n"))
        return None
    data = _bytes(document, text, output.suffix.lower())
    with whole_file(output) as file:
        file.write(data)
    session.screen.result({**facts, "file": str(output), "bytes": len(data)})
    session.screen.line(
        session.say("contract.done", file=output, size=size_text(len(data)), digest=facts["textDigest"]), "green"
    )
    return None


def _document(session: Session, what: str) -> "Document":
    from connector.contracts.case import NotApplicable
    from connector.contracts.document import contract_document
    from connector.contracts.errors import ContractError
    from connector.contracts.evidence import open_evidence
    from connector.contracts.shown import Lang
    from connector.texts import say

    with _evidence(session, what) as source:
        try:
            case = open_evidence(source, now=SystemClock().now())
            return contract_document(case, cast("Lang", session.lang))
        except (ContractError, NotApplicable) as error:
            sentence = say(f"verdict.reason.{error.code}", session.lang, **error.facts)
            raise CommandError(sentence, exit_code=UNJUDGED) from None


def _evidence(session: Session, what: str) -> BinaryIO:
    """The evidence file that is named, or that of the contract that is named."""
    if Path(what).is_file():
        return Path(what).open("rb")
    evidence = io.BytesIO()
    with session.client() as client:
        found = contract_called(session, client, what)
        with session.screen.waiting(session.say("evidence.making")):
            client.evidence(str(found["id"]), evidence)
    evidence.seek(0)
    return evidence


def _bytes(document: "Document", text: str, form: str) -> bytes:
    from connector.contracts.document import text_digest

    if form == ".txt":
        return text.encode("utf-8")
    if form == ".html":
        from connector.contracts.document_html import as_html

        return as_html(document, text_digest(text)).encode("utf-8")
    from connector.paper import as_pdf

    return as_pdf(document, text_digest(text))
