"""Clauses of the catalogue as options: `--bundle`, `--clause ID=VALUE`, `--set CLAUSE.BLANK=VALUE`, `--without ID`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from connector.cli.choices import PURPOSES, ask_choices, purpose_iri
from connector.cli.choose import words
from connector.cli.clauses import show_clauses
from connector.cli.failures import CommandError
from connector.cli.moments import moment
from connector.cli.people import read_people
from connector.cli.session import Session
from policies.clauses import CLAUSES, Blank, Clause, Kind

if TYPE_CHECKING:
    from connector.cli.answers import Terms
    from connector.client import Json, ManagementClient

_ENDS: Final = frozenset({"until", "provision-end"})
"""Clauses for which a bare day means its last moment."""
_UNPROCESSABLE: Final = 422
_PEOPLE: Final = "named-people"


def chosen_clauses(
    session: Session, *, clause: Sequence[str], set_: Sequence[str], without: Sequence[str]
) -> dict[str, Any]:
    """What the options say, as the management API takes it.

    Raises:
        CommandError: a clause or blank that is not in the catalogue, or a value that is missing.
    """
    found: dict[str, Any] = {}
    for text in clause:
        name, equals, value = text.partition("=")
        which = _clause(session, name)
        values = found.setdefault(which.id, {})
        if equals:
            _put(session, which, values, _main_blank(session, which), value)
    for text in set_:
        path, equals, value = text.partition("=")
        name, dot, blank_name = path.partition(".")
        if not equals or not dot:
            raise session.usage("not_set", given=text)
        which = _clause(session, name)
        blank = which.blank(blank_name)
        if blank is None:
            raise session.usage("no_such_blank", clause=which.id, blank=blank_name, known=_names(which))
        _put(session, which, found.setdefault(which.id, {}), blank, value)
    for name in without:
        found[_clause(session, name).id] = None
    return found


def settle(
    session: Session, client: "ManagementClient", terms: "Terms", answers: Mapping[str, Any] | None = None
) -> None:
    """Ask for the blanks that chosen clauses leave open, and show the contract that they make.

    `answers` are those of the data card, as far as they were given: the terms are held against them.

    Raises:
        CommandError: blanks are open and nobody is there to fill them; a value does not fit.
    """
    from connector.client import ClientError

    if not terms.bundle and not terms.clauses:
        return
    known = dict(answers) if answers and answers.get("classification") else None
    asked: set[str] = set()
    while True:
        _make_lists(session, client, terms)
        try:
            draft = client.draft(terms.to_json(), answers=known)
            break
        except ClientError as error:
            blanks = error.problem.get("blanks")
            if error.status != _UNPROCESSABLE or not isinstance(blanks, list) or not blanks:
                raise
            ask_blanks(session, terms, blanks, asked)
    session.screen.line(session.say("publish.terms"), "bold")
    show_clauses(session, draft.get("clauses", []))
    for conflict in draft.get("conflicts", []):
        session.screen.line(f"  ! {words(conflict, session.lang)}", "yellow")


def _make_lists(session: Session, client: "ManagementClient", terms: "Terms") -> None:
    """A file of people in the place of a list's digest becomes a list."""
    values = terms.clauses.get(_PEOPLE)
    given = values.get("list") if isinstance(values, dict) else None
    if isinstance(values, dict) and isinstance(given, str) and not given.startswith("sha256:"):
        values["list"] = client.make_people(read_people(session, Path(given)))["digest"]


def ask_blanks(session: Session, terms: "Terms", blanks: Sequence["Json"], asked: set[str]) -> None:
    """Ask for the blanks that the chosen clauses leave open; `asked` guards against asking for ever.

    Raises:
        CommandError: nobody to ask, or an answer that is none; it names the blanks and the option for each.
    """
    again = [item for item in blanks if _path(item) in asked]
    if not session.screen.interactive or again:
        listed = "; ".join(_asked_for(item, session.lang) for item in again or blanks)
        raise CommandError(session.say("error.blanks_missing", blanks=listed), facts={"blanks": list(blanks)})
    for item in blanks:
        asked.add(_path(item))
        which = CLAUSES.get(str(item.get("clause")))
        blank = which.blank(str(item.get("name"))) if which else None
        if which is None or blank is None:
            raise CommandError(session.say("error.blanks_missing", blanks=_asked_for(item, session.lang)))
        values = terms.clauses.get(which.id)
        if not isinstance(values, dict):
            values = terms.clauses[which.id] = {}
        given = _answer(session, which, blank, item)
        if given:
            values[blank.name] = given


def _answer(session: Session, clause: Clause, blank: Blank, item: "Json") -> Any:
    question = session.say(
        "clauses.ask", clause=clause.name(_lang(session)), blank=_said(item.get("label"), session.lang)
    )
    if blank.kind is Kind.PURPOSE:
        return ask_choices(session, question, PURPOSES)
    if blank.choices:
        names = {c["word"]: {"en": str(c["en"]), "ko": str(c["ko"])} for c in item.get("choices", [])}
        chosen = ask_choices(session, question, names)
        return chosen if blank.many else (chosen or [""])[0]
    hint = session.say("clauses.people_file") if clause.id == _PEOPLE else _said(item.get("hint"), session.lang)
    text = session.screen.ask(f"{question} ({hint})")
    return _value(session, clause, blank, text) if text else ""


def _put(session: Session, clause: Clause, values: dict[str, Any], blank: Blank, text: str) -> None:
    given = _value(session, clause, blank, text)
    values[blank.name] = [*values.get(blank.name, []), *given] if blank.many else given


def _value(session: Session, clause: Clause, blank: Blank, text: str) -> Any:
    """What was typed, in the form of the API; whether it fits is for the connector to say."""
    if blank.kind is Kind.MOMENT:
        return moment(session, f"--set {clause.id}.{blank.name}", text, end_of_day=clause.id in _ENDS)
    if not blank.many:
        return text
    parts = [text] if blank.kind is Kind.TEXT else [part.strip() for part in text.split(",") if part.strip()]
    return [purpose_iri(part) if blank.kind is Kind.PURPOSE else part for part in parts]


def _clause(session: Session, name: str) -> Clause:
    found = CLAUSES.get(name.strip())
    if found is None:
        raise session.usage("no_such_clause", clause=name)
    return found


def _main_blank(session: Session, clause: Clause) -> Blank:
    """The one blank that has to be filled in, or the only one there is."""
    needed = [blank for blank in clause.blanks if not blank.optional] or list(clause.blanks)
    if len(needed) != 1:
        raise session.usage("which_blank", clause=clause.id, known=_names(clause))
    return needed[0]


def _names(clause: Clause) -> str:
    return ", ".join(blank.name for blank in clause.blanks) or "-"


def _path(item: "Json") -> str:
    return f"{item.get('clause')}.{item.get('name')}"


def _asked_for(item: "Json", lang: str) -> str:
    return f"--set {_path(item)}=… ({_said(item.get('label'), lang)}: {_said(item.get('hint'), lang)})"


def _said(texts: Any, lang: str) -> str:
    return str(texts.get(lang) or texts.get("en") or "") if isinstance(texts, Mapping) else ""


def _lang(session: Session) -> Any:
    return session.lang
