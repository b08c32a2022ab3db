"""How the kit's runs are resolved and judged; whether they pass, `make conformance-dcp` says."""

import pytest

from tests.conformance.dcp.kit import DCP_TCK_VERSION, KNOWN, RUNS, artifacts, issuer_of, judged, settings
from tests.conformance.dcp.stage import HOLDER_PID
from tests.conformance.kit import Result

WALLET = RUNS[0]
ESCALATION = "5.4.1.2 Verify Resolution API invalid scope escalation request for a SensitiveDataCredential"


@pytest.mark.parametrize(("version", "okhttp", "count"), [("1.0.0-RC6", "5.3.0", 5), ("1.0.2", "5.4.0", 2)])
def test_the_artifacts_of_both_versions(version: str, okhttp: str, count: int) -> None:
    found = artifacts(version)
    assert len(found) == count
    assert found[-1] == ("com.squareup.okhttp3", "okhttp-jvm", okhttp)
    assert {number for _, _, number in found[:-1]} == {version}


def test_every_case_of_the_kit_is_run() -> None:
    assert {run.role: run.cases for run in RUNS} == {"wallet": 40, "verifier": 20, "issuer": 25}
    lists = [run.revocation for run in RUNS if run.role == "verifier"]
    assert sorted(lists) == ["bitstringstatuslist", "statuslist2021"]
    assert len({run.name for run in RUNS}) == len(RUNS)


def test_each_known_failure_says_why() -> None:
    assert len(KNOWN[DCP_TCK_VERSION]) == 2
    assert all(len(reason) > 40 for reason in KNOWN[DCP_TCK_VERSION].values())


@pytest.mark.parametrize(
    ("result", "good", "known"),
    [
        (Result(43, 40, 40, ()), True, 0),
        (Result(43, 40, 39, ((ESCALATION, "200"),)), True, 1),
        (Result(43, 40, 39, (("5.1 Something else", "500"),)), False, 0),
        (Result(43, 39, 39, ()), False, 0),
        (Result(43, 39, 38, ((ESCALATION, "200"),)), False, 1),
        (Result(0, 0, 0, ()), False, 0),
    ],
)
def test_what_counts_as_passed(result: Result, good: bool, known: int) -> None:
    outcome = judged(WALLET, result)
    assert (outcome.good, len(outcome.known)) == (good, known)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_the_properties(run: object) -> None:
    """The port is not taken from the address, and one DID alone is ours: of the others the kit takes the part."""
    (wanted,) = [one for one in RUNS if one == run]
    found = settings(wanted, "http://localhost:1", "did:web:localhost%3A1", 2)
    assert found["dataspacetck.callback.address"] == f"http://localhost:{found['dataspacetck.port']}"
    assert [name for name, value in found.items() if value == "did:web:localhost%3A1"] == [
        {
            "wallet": "dataspacetck.did.holder",
            "verifier": "dataspacetck.did.verifier",
            "issuer": "dataspacetck.did.issuer",
        }[wanted.role]
    ]
    assert (found.get("dataspacetck.credentials.correlation.id") == HOLDER_PID) is (wanted.role == "wallet")
    assert issuer_of(2) == "did:web:localhost%3A2:issuer"
