"""`mmd retention`: what is kept and why, what would go, and letting it go."""

from connector.services.retention.kinds import KINDS, read_keep_days
from connector.services.retention.service import Found, kind_view
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake


def filled(fake: Fake) -> None:
    keeping = read_keep_days([], {"transcripts": 30, "answers": 30})
    found = {
        "negotiations": Found(kept=40, gone=3, size=12_345, next="2026-12-01T00:00:00.000Z"),
        "contracts": Found(kept=7),
    }
    fake.retention = [kind_view(kind, keeping, found.get(kind.id)) for kind in KINDS.values()]


def test_the_table(mmd: Mmd, fake: Fake) -> None:
    filled(fake)
    ran = mmd("retention")
    assert ran.code == 0
    (line,) = (line for line in ran.out.splitlines() if line.lstrip("│ ").startswith("negotiations"))
    for text in ("365 days", "40", "3", "12 kB", "2026-12-01"):
        assert text in line
    assert "mmd retention --apply" in ran.err
    assert "Commercial Act" not in ran.out
    assert {kind["kind"] for kind in mmd("retention", "--json").json["kinds"]} == KINDS.keys()


def test_why(mmd: Mmd, fake: Fake) -> None:
    filled(fake)
    out = " ".join(mmd("retention", "--why").out.split())
    assert "Why: Commercial Act of Korea, Article 33" in out
    assert "Never less than 3653 days." in out
    assert 'keep_days = ["contracts=DAYS"]' in out
    assert 'keep_days = ["log=DAYS"]' not in out
    korean = " ".join(mmd("retention", "--why", "--lang", "ko").out.split())
    assert "상법 제33조" in korean


def test_letting_go(mmd: Mmd, fake: Fake) -> None:
    filled(fake)
    ran = mmd("retention", "--apply")
    assert "3 of negotiations are gone (12 kB)." in ran.out
    assert "Gone: 3 records, 12 kB." in ran.out
    again = mmd("retention", "--apply")
    assert "Nothing may go now." in again.err


def test_what_goes_at_once_does_not_end_by_itself(mmd: Mmd, fake: Fake) -> None:
    """A setting of no days is one; only of what has an end of its own nobody has said a number."""
    keeping = read_keep_days(["people=0"], {"transcripts": 30, "answers": 30})
    fake.retention = [kind_view(KINDS[kind], keeping, None) for kind in ("people", "tokens")]
    people, tokens = (line for line in mmd("retention").out.splitlines() if "people" in line or "tokens" in line)
    assert "0 days" in people
    assert "as long as they count" in tokens
