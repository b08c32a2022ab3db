"""Every change is caught by the check that it names, however clever the hand."""

from pathlib import Path

import pytest

from connector.demo.changes import CHANGES, Change
from connector.demo.parts import MANIFEST, STATEMENT
from tests.connector.demo.evidence import judge, material, parts

EVERY = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)


@EVERY
def test_a_careless_change_is_caught(change: Change, tmp_path: Path) -> None:
    verdict = judge(change.make_careless(parts(), material()), tmp_path)
    assert verdict.exit_code == 1
    assert change.careless in {check.id for check in verdict.failed}


@EVERY
def test_a_clever_change_is_caught_where_it_hurts(change: Change, tmp_path: Path) -> None:
    changed = change.make_clever(parts(), material())
    verdict = judge(changed, tmp_path)
    failed = {check.id for check in verdict.failed}
    assert verdict.exit_code == 1
    assert change.check in failed
    assert not failed & {"manifest", "documents"}, "the clever hand leaves no trace that needs no key"


@EVERY
def test_it_changes_a_copy_and_something_else_than_the_lists(change: Change) -> None:
    original = parts()
    for make in (change.make_careless, change.make_clever):
        changed = make(original, material())
        assert original == parts()
        touched = {
            name for name in original if changed.get(name) != original[name] and not name.startswith("messages/")
        }
        assert touched - {MANIFEST} if change.id == "signature-statement" else touched - {MANIFEST, STATEMENT}


def test_they_are_those_that_an_auditor_would_think_of() -> None:
    ids = [change.id for change in CHANGES]
    assert len(set(ids)) == len(ids)
    assert {"count", "purpose", "name", "receipt", "proof", "membership", "dropped", "mixed"} <= set(ids)
    assert {f"signature-{name}" for name in ("p", "c", "r", "h", "statement")} <= set(ids)
