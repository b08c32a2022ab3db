"""What a person says about a file: by flags, or when asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connector.cli.choices import LISTS, ONE_OF, PURPOSES, ask_choices, chosen, name_of
from connector.cli.choose import words
from connector.cli.failures import CommandError
from connector.cli.moments import moment
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

FLAGS: Final = {
    "keywords": "--keyword",
    "units": "--unit",
    "shareStatistics": "--share-statistics",
    "exportControl": "--export-control",
    "pseudonymLevel": "--pseudonym-level",
}
"""The flag of an answer, where it is not simply its name."""


@dataclass
class Terms:
    """The terms of the offer, as clauses with their blanks filled."""

    purposes: list[str] = field(default_factory=list)
    any_purpose: bool = False
    not_before: str | None = None
    until: str | None = None
    count: int | None = None
    recipients: list[str] = field(default_factory=list)
    prohibitions: list[str] = field(default_factory=list)
    bundle: str | None = None
    clauses: dict[str, Any] = field(default_factory=dict)

    @property
    def purpose_is_open(self) -> bool:
        """Nobody has said yet for what the data may be used; a bundle says it, or asks."""
        return not self.purposes and not self.any_purpose and not self.bundle and "purpose" not in self.clauses

    def to_json(self) -> "Json":
        """As the management API takes them."""
        return {
            "purposes": self.purposes,
            "notBefore": self.not_before,
            "until": self.until,
            "count": self.count,
            "recipients": self.recipients,
            "prohibitions": self.prohibitions,
            **({"bundle": self.bundle} if self.bundle else {}),
            **({"clauses": self.clauses} if self.clauses else {}),
        }

    def show(self, session: Session) -> None:
        """What is about to be offered."""
        purposes = ", ".join(name_of(item, PURPOSES, session.lang) for item in self.purposes)
        session.screen.line(session.say("publish.terms"), "bold")
        session.screen.facts(
            [
                (session.say("publish.term_purposes"), purposes or session.say("publish.term_any")),
                (session.say("publish.term_not_before"), self.not_before),
                (session.say("publish.term_until"), self.until),
                (session.say("publish.term_count"), self.count),
                (session.say("publish.term_recipients"), ", ".join(self.recipients)),
                (session.say("publish.term_prohibitions"), ", ".join(self.prohibitions)),
            ]
        )


def given_answers(session: Session, units: Sequence[str], **given: Any) -> dict[str, Any]:
    """The answers that flags gave, in the form of the data card; what was not given is left out.

    Raises:
        CommandError: a unit is not written as COLUMN=UNIT.
    """
    answers = {name: value for name, value in given.items() if value}
    for name, names in LISTS.items():
        if name in answers:
            answers[name] = [chosen(word, names) for word in answers[name]]
    pairs = {}
    for text in units:
        column, equals, unit = text.rpartition("=")
        if not equals or not column or not unit:
            raise session.usage("not_a_unit", text=text)
        pairs[column] = unit
    return {**answers, **({"units": pairs} if pairs else {})}


def ask_terms(session: Session, terms: Terms) -> None:
    """Ask for what nobody should leave open by accident: purposes, the last day, how many deliveries.

    Raises:
        CommandError: no purpose was named, or something that is no day or no number.
    """
    screen = session.screen
    terms.purposes = ask_choices(session, session.say("publish.ask_purposes"), PURPOSES)
    if not terms.purposes:
        raise session.usage("no_purpose")
    if terms.until is None:
        day = screen.ask(session.say("publish.ask_until"))
        terms.until = moment(session, "--until", day or None, end_of_day=True)
    if terms.count is None:
        text = screen.ask(session.say("publish.ask_count"))
        if text and not text.isdecimal():
            raise session.usage("not_a_number", option="--count", text=text)
        terms.count = int(text) if text else None


def ask_missing(session: Session, answers: dict[str, Any], questions: Sequence["Json"], asked: set[str]) -> None:
    """Ask each question of the connector and keep the answers; `asked` guards against asking for ever.

    Raises:
        CommandError: nobody to ask, or an answer that the connector did not take; it names the questions and flags.
    """
    again = [item for item in questions if item.get("id") in asked | {"units"}]
    if not session.screen.interactive or again:
        listed = "; ".join(f"{words(item, session.lang)} ({_flag(item)})" for item in again or questions)
        key = "answer_not_taken" if again else "answers_missing"
        raise CommandError(session.say(f"error.{key}", questions=listed), facts={"questions": list(questions)})
    for question in questions:
        name = str(question.get("id"))
        asked.add(name)
        text = words(question, session.lang)
        if name in ONE_OF:
            answers[name] = (ask_choices(session, text, ONE_OF[name]) or [""])[0]
            continue
        answer = ask_choices(session, text, LISTS[name]) if name in LISTS else session.screen.ask(text)
        if answer:
            answers[name] = answer


def _flag(question: "Json") -> str:
    name = str(question.get("id", ""))
    return FLAGS.get(name, f"--{name}")
