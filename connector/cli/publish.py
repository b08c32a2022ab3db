"""`mmd publish`: a file becomes a description and an offer; shown before it is published."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument, Option

from connector.cli.answers import Terms, ask_missing, ask_terms, given_answers
from connector.cli.choose import words
from connector.cli.clause_options import settle
from connector.cli.clauses import show_offers
from connector.cli.screen import YES
from connector.cli.session import Session
from connector.cli.terms import (
    AnyPurpose,
    Blanks,
    Bundle,
    Clauses,
    Count,
    NotBefore,
    Prohibitions,
    Purposes,
    Recipients,
    Until,
    Without,
    given_terms,
)

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

UNPROCESSABLE: Final = 422


def command(
    session: Session,
    *,
    file: Annotated[Path, Argument(metavar="FILE", help="cli.publish.file")],
    title: Annotated[str | None, Option("--title", metavar="TEXT", help="cli.publish.title")] = None,
    title_ko: Annotated[str | None, Option("--title-ko", metavar="TEXT", help="cli.publish.title_ko")] = None,
    description: Annotated[str | None, Option("--description", metavar="TEXT", help="cli.publish.description")] = None,
    process: Annotated[list[str] | None, Option("--process", metavar="WORD", help="cli.publish.process")] = None,
    classification: Annotated[
        list[str] | None, Option("--classification", metavar="CLASS", help="cli.publish.classification")
    ] = None,
    export_control: Annotated[
        str | None, Option("--export-control", metavar="CLASS", help="cli.publish.export_control")
    ] = None,
    pseudonym_level: Annotated[
        str | None, Option("--pseudonym-level", metavar="0-3", help="cli.publish.pseudonym_level")
    ] = None,
    keyword: Annotated[list[str] | None, Option("--keyword", metavar="WORD", help="cli.publish.keyword")] = None,
    producer: Annotated[str | None, Option("--producer", metavar="NAME", help="cli.publish.producer")] = None,
    unit: Annotated[list[str] | None, Option("--unit", metavar="COLUMN=UNIT", help="cli.publish.unit")] = None,
    share_statistics: Annotated[bool, Option("--share-statistics", help="cli.publish.share_statistics")] = False,
    purpose: Purposes = None,
    any_purpose: AnyPurpose = False,
    until: Until = None,
    not_before: NotBefore = None,
    count: Count = None,
    recipient: Recipients = None,
    prohibit: Prohibitions = None,
    bundle: Bundle = None,
    clause: Clauses = None,
    set_: Blanks = None,
    without: Without = None,
    visible_to: Annotated[
        list[str] | None, Option("--visible-to", metavar="DID", help="cli.publish.visible_to")
    ] = None,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.publish.yes")] = False,
) -> int | None:
    check_source(session, file)
    terms = given_terms(
        session,
        purpose=purpose,
        any_purpose=any_purpose,
        until=until,
        not_before=not_before,
        count=count,
        recipient=recipient,
        prohibit=prohibit,
        bundle=bundle,
        clause=clause,
        set_=set_,
        without=without,
    )
    answers = given_answers(
        session,
        unit or (),
        title={lang: text for lang, text in (("en", title), ("ko", title_ko)) if text},
        description=description,
        process=process,
        classification=classification,
        exportControl=export_control,
        pseudonymLevel=pseudonym_level,
        keywords=keyword,
        producer=producer,
        shareStatistics=share_statistics,
    )
    if terms.purpose_is_open and not session.screen.interactive:
        raise session.usage("no_purpose")
    with session.client() as client:
        uploaded = upload(session, client, file)
        if terms.purpose_is_open:
            ask_terms(session, terms)
        view = offer(session, client, uploaded, answers, terms=terms, visible_to=visible_to, sure=yes)
    session.screen.result(view)
    session.screen.line(session.say("publish.done", title=words(view.get("title"), session.lang)), "green")
    session.screen.facts([(session.say("show.id"), view.get("id")), (session.say("show.digest"), view.get("digest"))])
    show_offers(session, view.get("offers", []))
    return None


def check_source(session: Session, file: Path) -> None:
    """Say at once when the file is not there.

    Raises:
        CommandError: with the path.
    """
    if not file.exists():
        raise session.error("no_file", path=file)
    if not file.is_file():
        raise session.error("is_directory", path=file)


def upload(session: Session, client: "ManagementClient", file: Path) -> "Json":
    """Send the file and show what the machine found in it."""
    with session.screen.progress(session.say("publish.sending", file=file.name)) as bar:
        uploaded = client.upload(file, on_progress=bar)
    lines: Any = uploaded.get("lines", {})
    session.screen.line(session.say("publish.found", file=file.name), "bold")
    for line in lines.get(session.lang) or lines.get("en") or []:
        session.screen.line(f"  {line}")
    return uploaded


def offer(
    session: Session,
    client: "ManagementClient",
    uploaded: "Json",
    answers: dict[str, Any],
    *,
    terms: Terms,
    visible_to: list[str] | None,
    sure: bool,
) -> "Json":
    """Publish; ask the person for the answers that the connector misses, until it has them all.

    Raises:
        CommandError: answers are missing and nobody is there to give them; the person said no; a term is not known.
    """
    from connector.client import ClientError

    settle(session, client, terms, answers)
    if session.screen.interactive and not sure:
        if not terms.bundle and not terms.clauses:
            terms.show(session)
        if session.screen.ask(session.say("publish.sure"), "n").casefold() not in YES:
            raise session.error("not_published")
    asked: set[str] = set()
    while True:
        try:
            return client.publish(str(uploaded["uploadId"]), answers, terms.to_json(), visible_to)
        except ClientError as error:
            questions = error.problem.get("questions")
            if error.status != UNPROCESSABLE or not isinstance(questions, list) or not questions:
                raise
            ask_missing(session, answers, questions, asked)
