"""The words of our vocabulary that clauses are made of: left operands, actions, purposes; generated from the catalogue."""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from policies.clauses.model import Clause, Slot
from policies.clauses.registry import CLAUSES
from policies.texts import TABLES
from policies.vocabulary import INCLUDED_IN, MMD, ODRL, PURPOSE, PURPOSE_NAMES, Lang

TermKind: TypeAlias = Literal["leftOperand", "action", "purpose", "property", "class"]
LANGS: Final[tuple[Lang, ...]] = ("en", "ko")


@dataclass(frozen=True, slots=True)
class Term:
    """One term under `https://w3id.org/my-manufacturing-data/v1/`.

    Attributes:
        name: what follows in its IRI; of `claim/` there is one for every name of a claim.
        kinds: what it is.
        domains: what has it.
        label, comment: language → what people call it, what it means.
        broader: the IRI of the action that includes it.
    """

    name: str
    kinds: tuple[TermKind, ...]
    domains: tuple[str, ...]
    label: dict[Lang, str] = field(hash=False)
    comment: dict[Lang, str] = field(hash=False)
    broader: str = ""

    @property
    def iri(self) -> str:
        """Its full name."""
        return MMD + self.name


def clause_terms() -> tuple[Term, ...]:
    """Every operand, action and purpose of ours, in the order of the catalogue."""
    found: dict[str, Term] = {}
    for clause in CLAUSES.values():
        for slot in clause.slots:
            if slot.operand.startswith(MMD):
                found.setdefault(slot.operand, _operand(clause, slot))
        if clause.action.startswith(MMD):
            found.setdefault(clause.action, _action(clause))
    purposes = [
        Term(
            PURPOSE.removeprefix(MMD) + iri.removeprefix(PURPOSE), ("purpose",), ("Constraint",),
            {lang: names[lang] for lang in LANGS}, {lang: TABLES[lang]["kind.purpose"] for lang in LANGS},
        )
        for iri, names in PURPOSE_NAMES.items()
    ]  # fmt: skip
    return (*found.values(), *purposes)


def _operand(clause: Clause, slot: Slot) -> Term:
    local = slot.operand.removeprefix(MMD)
    label, comment = {}, {}
    for lang in LANGS:
        table = TABLES[lang]
        keys = (f"operand.{local.rstrip('/')}.name", f"blank.{clause.id}.{slot.blank}", f"blank.{slot.blank}")
        label[lang] = next((table[key] for key in keys if key in table), clause.name(lang))
        hint = next((f" ({table[f'kind.{b.kind.value}']})" for b in clause.blanks if b.name == slot.blank), "")
        comment[lang] = f"{clause.name(lang)}: {label[lang]}{hint}"
    return Term(local, ("leftOperand",), ("Constraint",), label, comment)


def _action(clause: Clause) -> Term:
    place = clause.place.capitalize() if clause.place != "obligation" else "Duty"
    return Term(
        clause.action.removeprefix(MMD), ("action",), (place,),
        {lang: clause.name(lang) for lang in LANGS}, {lang: clause.text(lang) for lang in LANGS},
        broader=ODRL + INCLUDED_IN[clause.action],
    )  # fmt: skip
