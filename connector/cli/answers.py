"""What a person says about a file: by flags, or when asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connector.cli.choose import words
from connector.cli.failures import CommandError
from connector.cli.moments import moment
from connector.cli.purposes import SLUGS, purpose_iri, purpose_name
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_LISTS: Final = frozenset({"process", "keywords"})
_BY_LANGUAGE: Final = frozenset({"title", "description"})
FLAGS: Final = {"keywords": "--keyword"}
"""The flag of an answer, where it is not simply its name."""


@dataclass
class Given:
    """The answers so far; names as in the data card."""

    title: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    process: list[str] = field(default_factory=list)
    classification: str | None = None
    keywords: list[str] = field(default_factory=list)
    producer: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def answers(self, lang: str) -> "Json":
        """As the management API takes them; a text without a language is in the language of this run."""
        known = {
            "title": self.title,
            "description": {lang: self.description} if self.description else None,
            "process": self.process,
            "classification": self.classification,
            "keywords": self.keywords,
            "producer": self.producer,
        }
        return {name: value for name, value in {**known, **self.more}.items() if value}

    def take(self, name: str, answer: str, lang: str) -> None:
        """Keep one answer that was typed."""
        if name in _LISTS:
            self.more[name] = [part.strip() for part in answer.split(",") if part.strip()]
        elif name in _BY_LANGUAGE:
            self.more[name] = {**(self.title if name == "title" else {}), lang: answer}
        else:
            self.more[name] = answer


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

    def to_json(self) -> "Json":
        """As the management API takes them."""
        return {
            "purposes": self.purposes,
            "notBefore": self.not_before,
            "until": self.until,
            "count": self.count,
            "recipients": self.recipients,
            "prohibitions": self.prohibitions,
        }

    def show(self, session: Session) -> None:
        """What is about to be offered."""
        purposes = ", ".join(purpose_name(item, session.lang) for item in self.purposes)
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


def ask_terms(session: Session, terms: Terms) -> None:
    """Ask for what nobody should leave open by accident: purposes, the last day, how many deliveries."""
    screen = session.screen
    screen.note(session.say("publish.ask_purposes"))
    for number, slug in enumerate(SLUGS, 1):
        screen.note(f"  {number}  {purpose_name(purpose_iri(slug), session.lang)} ({slug})")
    for word in screen.ask(session.say("publish.ask_purposes_which")).replace(",", " ").split():
        chosen = SLUGS[int(word) - 1] if word.isdecimal() and 1 <= int(word) <= len(SLUGS) else word
        terms.purposes.append(purpose_iri(chosen))
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


def ask_missing(session: Session, given: Given, questions: Sequence["Json"], asked: set[str]) -> None:
    """Ask each question of the connector; `asked` guards against asking for ever.

    Raises:
        CommandError: nobody to ask, or an answer that the connector did not take; it names the questions and flags.
    """
    again = [item for item in questions if item.get("id") in asked]
    if not session.screen.interactive or again:
        listed = "; ".join(f"{words(item, session.lang)} ({_flag(item)})" for item in again or questions)
        key = "answer_not_taken" if again else "answers_missing"
        raise CommandError(session.say(f"error.{key}", questions=listed), facts={"questions": list(questions)})
    for question in questions:
        name = str(question.get("id"))
        asked.add(name)
        answer = session.screen.ask(words(question, session.lang))
        if answer:
            given.take(name, answer, session.lang)


def _flag(question: "Json") -> str:
    name = str(question.get("id", ""))
    return FLAGS.get(name, f"--{name}")
