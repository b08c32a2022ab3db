"""Evidence without what people may have written, and without lists of them: the digests stay, and prove the rest."""

from dataclasses import replace

from connector.canonical import canonical_bytes, digest_bytes, parse_json
from connector.contracts.archive import read_archive, write_archive
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.export import build_evidence
from connector.contracts.layout import MANIFEST
from tests.support.annexes import (
    AGREED,
    ANNEXED,
    ATTACHED,
    CHANGED,
    CONSENT,
    KIM,
    LEE,
    REPORT,
    REPORT_FILE,
    REPORT_FILE_DIGEST,
    naming,
)
from tests.support.contracts import VERIFIED_AT, build_contract

CONTRACT = build_contract(**ANNEXED)
WITHHELD = build_evidence(replace(CONTRACT.parts(), without_personal=True))


def judge(data: bytes) -> Verdict:
    return verify_evidence(data, trust=CONTRACT.members.trust(), now=VERIFIED_AT)


def test_it_is_verified_and_says_what_was_left_out() -> None:
    verdict = judge(WITHHELD)
    assert verdict.exit_code == 0
    found = verdict.check("messages")
    assert (found.verdict, found.reason, found.facts["count"]) == ("skipped", "messages-withheld", "2")
    assert not [path for path in read_archive(WITHHELD) if path.startswith(("messages/", "annexes/"))]
    found = verdict.check("annexes")
    assert (found.verdict, found.reason) == ("skipped", "annexes-left-out")
    assert (found.facts["count"], found.facts["there"]) == ("3", "0")


def test_nobody_on_a_list_is_named_in_any_of_its_files() -> None:
    whole, left = read_archive(CONTRACT.evidence()), read_archive(WITHHELD)
    for person in (KIM, LEE):
        for said in (person.name.encode(), person.email.encode()):
            assert any(said in data for data in whole.values())
            assert not any(said in data for data in left.values())


def test_what_was_held_back_fits_into_the_file_later() -> None:
    """The digests that were signed, and those of the manifest, are the ones of the very files that were held back."""
    listed = parse_json(read_archive(WITHHELD)[MANIFEST])["files"]
    for annex in (AGREED.to_json(), CHANGED.to_json(), CONSENT):
        data = canonical_bytes(annex)
        path = f"annexes/{digest_bytes(data)[7:]}.json"
        assert listed[path] == {"bytes": len(data), "digest": digest_bytes(data), "withheld": True}


def test_what_the_exporter_does_not_have_is_said_to_be_absent() -> None:
    """A list that never arrived, and a report that no connector keeps."""
    contract = build_contract(**{**ANNEXED, "offer": naming(report=REPORT), "annexes": (AGREED.to_json(),)})
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT)
    found = verdict.check("annexes")
    assert (verdict.exit_code, found.verdict, found.reason) == (0, "skipped", "annexes-left-out")
    assert (found.facts["count"], found.facts["there"]) == ("2", "1")
    assert REPORT in found.facts["digests"]
    listed = parse_json(contract.files()[MANIFEST])["files"]
    assert listed[f"annexes/{REPORT[7:]}.bin"] == {"absent": True}


def test_a_file_that_was_attached_is_there_or_held_back() -> None:
    contract = build_contract(**ATTACHED)
    path = f"annexes/{REPORT_FILE_DIGEST[7:]}.bin"
    assert contract.files()[path] == REPORT_FILE
    withheld = build_evidence(replace(contract.parts(), without_personal=True))
    for data, reason in ((contract.evidence(), "annexes-hold"), (withheld, "annexes-left-out")):
        verdict = verify_evidence(data, trust=contract.members.trust(), now=VERIFIED_AT)
        assert (verdict.exit_code, verdict.check("annexes").reason) == (0, reason)
    assert path not in read_archive(withheld)


def test_a_consent_on_paper_is_a_file_too() -> None:
    paper = b"%PDF-1.7 we consent"
    contract = build_contract(offer=naming(consent=digest_bytes(paper)), annexes=(AGREED.to_json(),), attached=(paper,))
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.check("annexes").reason) == (0, "annexes-hold")


def test_what_was_left_out_can_be_compared_with_its_digest_later() -> None:
    listed = parse_json(read_archive(WITHHELD)[MANIFEST])["files"]
    for path, data in CONTRACT.files().items():
        if path.startswith(("messages/", "annexes/")):
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
