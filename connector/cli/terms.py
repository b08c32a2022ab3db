"""The terms of an offer as options: the same words wherever somebody offers something."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

from typer import Option

from connector.cli.answers import Terms
from connector.cli.choices import purpose_iri
from connector.cli.clause_options import chosen_clauses
from connector.cli.moments import moment
from connector.cli.session import Session

Purposes: TypeAlias = Annotated[list[str] | None, Option("--purpose", metavar="PURPOSE", help="cli.publish.purpose")]
AnyPurpose: TypeAlias = Annotated[bool, Option("--any-purpose", help="cli.publish.any_purpose")]
Until: TypeAlias = Annotated[str | None, Option("--until", metavar="DAY", help="cli.publish.until")]
NotBefore: TypeAlias = Annotated[str | None, Option("--not-before", metavar="DAY", help="cli.publish.not_before")]
Count: TypeAlias = Annotated[int | None, Option("--count", metavar="N", help="cli.publish.count")]
Recipients: TypeAlias = Annotated[list[str] | None, Option("--recipient", metavar="DID", help="cli.publish.recipient")]
Prohibitions: TypeAlias = Annotated[
    list[str] | None, Option("--prohibit", metavar="CLAUSE", help="cli.publish.prohibit")
]
Bundle: TypeAlias = Annotated[str | None, Option("--bundle", metavar="ID", help="cli.publish.bundle")]
Clauses: TypeAlias = Annotated[list[str] | None, Option("--clause", metavar="ID=VALUE", help="cli.publish.clause")]
Blanks: TypeAlias = Annotated[list[str] | None, Option("--set", metavar="CLAUSE.BLANK=VALUE", help="cli.publish.set")]
Without: TypeAlias = Annotated[list[str] | None, Option("--without", metavar="ID", help="cli.publish.without")]


def given_terms(
    session: Session,
    *,
    purpose: Sequence[str] | None,
    any_purpose: bool,
    until: str | None,
    not_before: str | None,
    count: int | None,
    recipient: Sequence[str] | None,
    prohibit: Sequence[str] | None,
    bundle: str | None = None,
    clause: Sequence[str] | None = None,
    set_: Sequence[str] | None = None,
    without: Sequence[str] | None = None,
) -> Terms:
    """The terms that the options name.

    Raises:
        CommandError: something that should be a day is none; a clause or blank that is not in the catalogue.
    """
    return Terms(
        purposes=[purpose_iri(item) for item in purpose or ()],
        any_purpose=any_purpose,
        not_before=moment(session, "--not-before", not_before, end_of_day=False),
        until=moment(session, "--until", until, end_of_day=True),
        count=count,
        recipients=list(recipient or ()),
        prohibitions=list(prohibit or ()),
        bundle=bundle,
        clauses=chosen_clauses(session, clause=clause or (), set_=set_ or (), without=without or ()),
    )


def none_given(terms: Terms) -> bool:
    """Whether no option named a term."""
    return terms == Terms()
