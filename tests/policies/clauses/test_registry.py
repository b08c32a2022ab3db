"""The catalogue as data: whole, in both languages, and only what is kept by the provider's connector gates."""

import re
import string
from pathlib import Path

import pytest

from policies.clauses import CLAUSES, Clause, Kind, build_clauses
from policies.clauses.kinds import is_value, written
from policies.clauses.sources import SOURCES, source_name
from policies.texts import TABLES
from policies.vocabulary import INCLUDED_IN, LEFT_OPERAND_NAMES, MMD, ODRL_TERMS

ALL = list(CLAUSES.values())


def test_all_terms_of_the_norms_are_there() -> None:
    assert {clause.item for clause in ALL} == set(range(1, 35))


def test_what_was_used_before_has_kept_its_name() -> None:
    old = "purpose not-before until count recipient no-passing-on no-resale no-reidentification".split()  # noqa: SIM905
    assert [clause_id for clause_id in CLAUSES if clause_id in old] == old


@pytest.mark.parametrize("clause", ALL, ids=list(CLAUSES))
def test_a_clause_is_whole(clause: Clause) -> None:
    assert clause.sources
    assert set(clause.sources) <= set(SOURCES)
    assert set(clause.excludes) <= CLAUSES.keys() - {clause.id}
    assert clause.samples
    slots = [name for slot in clause.slots for name in (slot.blank, slot.unit, slot.named) if name]
    assert set(slots) == {blank.name for blank in clause.blanks}
    assert all(bool(slot.blank) != bool(slot.fixed) and slot.operators for slot in clause.slots)
    if clause.place == "constraint":
        assert (clause.enforcer, clause.action, len(clause.slots)) == ("E", "", 1)
    else:
        assert clause.action
        assert clause.slots == () or clause.place == "obligation"


@pytest.mark.parametrize("clause", ALL, ids=list(CLAUSES))
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_clause_has_its_words(clause: Clause, lang: str) -> None:
    table = TABLES[lang]
    said = clause.text(lang)  # type: ignore[arg-type]
    added = [table.get(f"clause.{clause.id}.with.{blank.name}", "") for blank in clause.blanks]
    blanks = {name for text in (said, *added) for _, name, _, _ in string.Formatter().parse(text) if name}
    assert blanks == {blank.name for blank in clause.blanks}
    assert said.endswith((".", "}"))
    assert clause.name(lang)  # type: ignore[arg-type]
    assert clause.enforcer_text(lang)  # type: ignore[arg-type]
    for blank in clause.blanks:
        assert f"blank.{clause.id}.{blank.name}" in table or f"blank.{blank.name}" in table, blank.name
        assert f"kind.{blank.kind}" in table
        assert all(f"choice.{clause.id}.{word}" in table for word in blank.choices)
        assert (blank.kind is Kind.CHOICE) == bool(blank.choices)
        optional = f"clause.{clause.id}.with.{blank.name}" in table or blank.name in {s.unit for s in clause.slots}
        assert not blank.optional or optional


def test_the_norms_have_their_titles() -> None:
    used = {source for clause in ALL for source in clause.sources}
    assert used == set(SOURCES)
    assert all(source_name(source, "en") != source_name(source, "ko") for source in SOURCES)


def test_no_word_is_left_over() -> None:
    prefixes = ("choice.", "source.", "kind.")
    known = {f"choice.{c.id}.{word}" for c in ALL for blank in c.blanks for word in blank.choices}
    known |= {f"source.{source}" for source in SOURCES} | {f"kind.{kind}" for kind in Kind}
    assert {key for key in TABLES["en"] if key.startswith(prefixes)} == known


@pytest.mark.parametrize("clause", ALL, ids=list(CLAUSES))
def test_the_samples_can_be_built(clause: Clause) -> None:
    for sample in clause.samples:
        terms = build_clauses({clause.id: sample})
        assert terms["permission"][0]["action"] == "use"
        for name, given in sample.items():
            blank = clause.blank(name)
            assert blank is not None
            for text in given if isinstance(given, list) else [given]:
                on_the_wire = written(blank, text)
                assert on_the_wire is not None
                assert is_value(blank, on_the_wire)


def test_operands_are_words_of_odrl_or_ours() -> None:
    for clause in ALL:
        for slot in clause.slots:
            assert slot.operand in LEFT_OPERAND_NAMES or re.fullmatch(re.escape(MMD) + "[a-zA-Z]+/?", slot.operand), (
                clause.id
            )
        assert clause.action in {"", *ODRL_TERMS} or clause.action.startswith(MMD)


def test_each_rule_is_one_clause() -> None:
    """An action with its fixed words belongs to one clause: whoever reads it knows which."""
    forms = [
        (clause.place, clause.action, tuple((slot.operand, slot.fixed) for slot in clause.slots if slot.fixed))
        for clause in ALL
        if clause.place != "constraint"
    ]
    assert len(forms) == len(set(forms))
    comparisons = [
        (slot.operand, operator)
        for c in ALL
        if c.place == "constraint"
        for slot in c.slots
        for operator in slot.operators
    ]
    assert len(comparisons) == len(set(comparisons))


def test_every_action_of_ours_is_a_kind_of_use() -> None:
    ours = {clause.action for clause in ALL if clause.action.startswith(MMD)}
    assert ours == {action for action in INCLUDED_IN if action.startswith(MMD)}


def test_the_documents_count_the_clauses() -> None:
    house = Path(__file__).parents[3]
    for name, words in (("docs/changelog.md", "as {} clauses"), ("README.md", "the {} clauses")):
        assert words.format(len(CLAUSES)) in " ".join((house / name).read_text("utf-8").split())
