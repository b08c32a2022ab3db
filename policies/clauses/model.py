"""What a clause is: an id, blanks of known kinds, a form in ODRL, and who keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from policies.texts import text_of
from policies.vocabulary import Lang

Enforcer: TypeAlias = Literal["E", "C", "P"]
"""E: kept by the provider's connector. C: by the other connector, with proof. P: a promise on paper."""
Place: TypeAlias = Literal["constraint", "permission", "prohibition", "obligation"]
Side: TypeAlias = Literal["provider", "consumer", "both"]
Values: TypeAlias = Mapping[str, tuple[str, ...]]
"""The blanks of one clause, filled: name → texts as they stand on the wire; one text where the blank takes one."""


class Kind(StrEnum):
    """What stands in a blank; `policies.clauses.kinds` reads each."""

    PURPOSE = "purpose"
    MOMENT = "moment"
    DURATION = "duration"
    COUNT = "count"
    HOURS = "hours"
    RATE = "rate"
    DID = "did"
    COUNTRY = "country"
    DIGEST = "digest"
    CHOICE = "choice"
    LEVEL = "level"
    AMOUNT = "amount"
    PERCENT = "percent"
    CURRENCY = "currency"
    SHARE = "share"
    WORD = "word"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of a clause.

    Attributes:
        name: its name in our APIs, and in braces in the clause's sentence.
        kind: what stands in it.
        many: whether it takes several values.
        optional: whether it may stay empty.
        choices: the words among which a CHOICE is made; `choice.<word>` of the texts is what people read.
    """

    name: str
    kind: Kind
    many: bool = False
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """One comparison in a clause: operand, operator, and the blank or the fixed word on its right side.

    Attributes:
        operand: as the model names it: ODRL's local name, or an IRI of ours.
        operators: those under which it is read; the first is the one that is written.
        blank: the blank that fills it; "" where `fixed` stands.
        fixed: a word that belongs to the clause itself.
        unit: the blank that says its currency; both are filled, or neither.
        named: the blank whose value is the last part of the operand (`…/claim/NAME`).
    """

    operand: str
    operators: tuple[str, ...]
    blank: str = ""
    fixed: str = ""
    unit: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause.

    Attributes:
        id: its stable name in our APIs and records.
        item: its number in the list of contract terms of the Korean norms (docs/clauses.md).
        enforcer: who keeps it. Only a clause of class E is a constraint that gates (architecture 5, 17).
        place: where it stands: as a constraint of the permission `use`, or as a rule of its own.
        action: the action of its own rule; "" for a constraint.
        slots: its comparisons: one for a constraint, none for a permission or prohibition.
        blanks: what has to be filled in.
        owed_by: for an obligation, who has to do it.
        excludes: clauses with which it cannot stand, whatever the values; said once for each pair.
        samples: examples of its blanks, as a person would give them.
        sources: the norms that it comes from, by their names in `policies.clauses.sources`.
        repeats: whether it may stand several times in one contract.
    """

    id: str
    item: int
    enforcer: Enforcer
    place: Place
    action: str = ""
    slots: tuple[Slot, ...] = ()
    blanks: tuple[Blank, ...] = ()
    owed_by: Side = "consumer"
    excludes: tuple[str, ...] = ()
    samples: tuple[Mapping[str, str | list[str]], ...] = ({},)
    sources: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def left_operand(self) -> str | None:
        """Its operand when it is a constraint on the permission."""
        return self.slots[0].operand if self.place == "constraint" else None

    @property
    def operators(self) -> tuple[str, ...]:
        """Its operators when it is a constraint on the permission."""
        return self.slots[0].operators if self.place == "constraint" else ()

    def blank(self, name: str) -> Blank | None:
        """The blank of this name, None if it has none."""
        return next((blank for blank in self.blanks if blank.name == name), None)

    def name(self, lang: Lang) -> str:
        """What people call it."""
        return text_of(f"clause.{self.id}.name", lang)

    def text(self, lang: Lang) -> str:
        """Its sentence in a contract, with blanks in braces."""
        return text_of(f"clause.{self.id}.text", lang)

    def enforcer_text(self, lang: Lang) -> str:
        """Who keeps it and how far that reaches, in a sentence."""
        return text_of(f"clause.{self.id}.kept", lang)


@dataclass(frozen=True, slots=True)
class Filled:
    """A clause as it stands in a policy.

    Attributes:
        clause: which.
        values: its blanks; an optional one that was left empty is not there.
        where: the JSON path of its constraint or rule.
    """

    clause: Clause
    values: Values
    where: str
