"""Evidence of which messages and lists were erased: it verifies, says by whom and when, and the digests prove the rest."""

from typing import Any

import pytest

from connector.canonical import canonical_bytes, digest_bytes, parse_json
from connector.contracts.archive import read_archive
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.layout import MANIFEST, message_file
from tests.support.annexes import AGREED, ANNEXED
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.erased import ERASED_AT, with_erased, with_row

CONTRACT = build_contract(**ANNEXED)
WHOLE = CONTRACT.files()


def judge(data: bytes) -> Verdict:
    return verify_evidence(data, trust=CONTRACT.members.trust(), now=VERIFIED_AT)


def test_one_message_of_two() -> None:
    data = with_erased(CONTRACT, messages=(0,))
    verdict = judge(data)
    found = verdict.check("messages")
    assert (verdict.outcome, found.verdict, found.reason) == ("verified", "ok", "messages-hold-but-erased")
    assert (found.facts["count"], found.facts["erased"]) == ("1", "1")
    assert found.facts["by"] == CONTRACT.agreement["assignee"]
    said = found.sentence("en")
    assert "erased by did:" in said
    assert ERASED_AT.date().isoformat() in said
    assert "the digest still proves the rest" in said
    assert "지웠으며" in found.sentence("ko")


def test_all_messages_and_a_list() -> None:
    data = with_erased(CONTRACT, messages=(0, 1), annex=True)
    verdict = judge(data)
    assert verdict.outcome == "verified"
    assert [(c.verdict, c.reason) for c in map(verdict.check, ("messages", "annexes"))] == [
        ("skipped", "messages-erased"),
        ("skipped", "annexes-erased"),
    ]
    assert (verdict.check("annexes").facts["count"], verdict.check("annexes").facts["there"]) == ("1", "2")
    assert "still proves the rest" in verdict.check("annexes").sentence("en")
    # Two are left: what counts now, and the consent.
    assert len([path for path in read_archive(data) if path.startswith("annexes/")]) == 2
    assert LIST not in read_archive(data)
    assert parse_json(read_archive(data)[MANIFEST])["files"][LIST].keys() == {"absent", "erased"}


def test_its_digest_is_the_one_that_it_had_before() -> None:
    """Who has an older evidence file can show that nothing else stood there."""
    before, after = (
        parse_json(files[MANIFEST])["files"] for files in (WHOLE, read_archive(with_erased(CONTRACT, messages=(0, 1))))
    )
    for number in (1, 2):
        row = after[message_file(number)]
        assert {name: row[name] for name in ("bytes", "digest")} == before[message_file(number)]
        assert (row["withheld"], row["erased"][:10]) == (True, ERASED_AT.date().isoformat())


ROW = {"bytes": 1, "digest": "sha256:" + "ab" * 32, "withheld": True}
LIST = f"annexes/{digest_bytes(canonical_bytes(AGREED.to_json()))[7:]}.json"


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (message_file(1), {**ROW, "erased": "soon"}),
        (message_file(1), {**ROW, "erased": None}),
        (message_file(1), {**ROW, "erased": True}),
        (message_file(1), {"erased": "2026-11-29T00:00:00Z"}),
        (message_file(1), {"absent": True, "erased": "2026-11-29T00:00:00Z"}),
        (LIST, {"absent": True, "erased": "soon"}),
        (LIST, {"absent": False, "erased": "2026-11-29T00:00:00Z"}),
        ("notices/provider/0001.json", {**ROW, "erased": "2026-11-29T00:00:00Z"}),
        ("document.json", {"absent": True, "erased": "2026-11-29T00:00:00Z"}),
    ],
)
def test_nothing_else_is_excused_by_having_been_erased(path: str, row: dict[str, Any]) -> None:
    verdict = judge(with_row(CONTRACT, path, row))
    assert ("manifest", "file-missing") in [(check.id, check.reason) for check in verdict.failed]
