"""A verifier that was written from docs/evidence.md alone says the same as ours, check by check."""

import shutil
from pathlib import Path

import pytest

from tests.conformance.evidence.cases import cases
from tests.conformance.evidence.foreign import HERE, NO_NODE, compare

_SIZES = (
    ("verify.mjs", 300), ("shapes.mjs", 60), ("standards.mjs", 200), ("witnesses.mjs", 80), ("notices.mjs", 80), ("terms.mjs", 120),
)  # fmt: skip
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason=NO_NODE)


def test_the_second_verifier_agrees_on_every_check_of_every_file(tmp_path: Path) -> None:
    assert compare(cases(), tmp_path) == []


def test_it_is_as_short_as_it_says_and_stands_on_nothing_but_node() -> None:
    for name, most in _SIZES:
        text = (HERE / name).read_text("utf-8")
        assert text.count("\n") < most
        imported = {line.rsplit('"', 2)[1] for line in text.splitlines() if line.startswith("import ")}
        assert all(source.startswith(("node:", "./")) for source in imported)
