"""`docs/clauses.md` is the catalogue itself: written from it (MMD_WRITE_DOCS=1), and compared with it."""

import os
from pathlib import Path

from policies.clauses import CLAUSES, Clause
from policies.clauses.bundles import BUNDLES
from policies.clauses.sources import source_name

FILE = Path(__file__).parents[3] / "docs/clauses.md"
HEAD = """# The clauses of a contract

Written from the catalogue (`policies/clauses`); a test compares. The number is that of the contract term in the Korean norms
from which the clause comes. Who keeps it: **E** the provider's connector, on every request · **C** the other connector, with
proof · **P** a promise on paper. Only clauses of class E stand as conditions of the permission; all others are rules of their own.
"""


def row(clause: Clause) -> str:
    blanks = ", ".join(f"`{blank.name}`" + ("?" if blank.optional else "") for blank in clause.blanks)
    sources = "; ".join(source_name(source, "ko") for source in clause.sources)
    excluded = {*clause.excludes, *(other.id for other in CLAUSES.values() if clause.id in other.excludes)}
    cells = (
        clause.item, f"`{clause.id}`", f"{clause.name('ko')} · {clause.name('en')}", clause.enforcer, blanks,
        clause.text("ko"), clause.text("en"), ", ".join(f"`{i}`" for i in sorted(excluded)), sources,
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def document() -> str:
    lines = [HEAD, "| no. | clause | name | kept | blanks | Korean | English | not with | from |", "|---" * 9 + "|"]
    lines += [row(clause) for clause in sorted(CLAUSES.values(), key=lambda clause: clause.item)]
    lines += ["", "## Usual contracts to start from", ""]
    for bundle in BUNDLES.values():
        lines.append(f"* **{bundle.name('ko')}** · {bundle.name('en')} (`{bundle.id}`): {bundle.text('en')}")
        lines.append("  " + ", ".join(f"`{clause_id}`" for clause_id in bundle.clauses))
    return "\n".join(lines) + "\n"


def test_the_document_is_the_catalogue() -> None:
    if os.environ.get("MMD_WRITE_DOCS"):
        FILE.write_text(document(), "utf-8")
    assert FILE.read_text("utf-8") == document()
