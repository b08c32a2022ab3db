"""Evidence without what people may have written: the digests stay, and prove the rest."""

from dataclasses import replace

from connector.canonical import canonical_bytes, digest_bytes, parse_json
from connector.contracts.archive import read_archive, write_archive
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.export import build_evidence
from connector.contracts.layout import MANIFEST
from tests.support.contracts import VERIFIED_AT, build_contract

CONTRACT = build_contract()
WITHHELD = build_evidence(replace(CONTRACT.parts(), without_personal=True))


def judge(data: bytes) -> Verdict:
    return verify_evidence(data, trust=CONTRACT.members.trust(), now=VERIFIED_AT)


def test_it_is_verified_and_says_what_was_left_out() -> None:
    verdict = judge(WITHHELD)
    assert verdict.exit_code == 0
    found = verdict.check("messages")
    assert (found.verdict, found.reason, found.facts["count"]) == ("skipped", "messages-withheld", "2")
    assert not [path for path in read_archive(WITHHELD) if path.startswith("messages/")]


def test_what_was_left_out_can_be_compared_with_its_digest_later() -> None:
    listed = parse_json(read_archive(WITHHELD)[MANIFEST])["files"]
    for path, data in CONTRACT.files().items():
        if path.startswith("messages/"):
            assert listed[path] == {"bytes": len(data), "digest": digest_bytes(data), "withheld": True}


def test_nothing_else_may_be_left_out() -> None:
    files = CONTRACT.files()
    for path in ("notices/provider/0001.json", "log/consumer/entry.json", "document.json", "dataset.json"):
        manifest = parse_json(files[MANIFEST])
        manifest["files"][path]["withheld"] = True
        left = {name: data for name, data in files.items() if name != path} | {MANIFEST: canonical_bytes(manifest)}
        verdict = judge(CONTRACT.repack(left, repair=False))
        assert ("manifest", "file-missing") in [(check.id, check.reason) for check in verdict.failed]


def test_a_stranger_cannot_leave_it_out() -> None:
    files = CONTRACT.files()
    manifest = parse_json(files[MANIFEST])
    manifest["files"]["messages/0001.json"]["withheld"] = True
    left = {name: data for name, data in files.items() if name != "messages/0001.json"}
    verdict = judge(write_archive({**left, MANIFEST: canonical_bytes(manifest)}))
    assert [check.id for check in verdict.failed] == ["statement"]
