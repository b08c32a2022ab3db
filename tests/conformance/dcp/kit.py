"""The official kit of the Decentralized Claims Protocol: its artifacts, its runs, and what is known not to pass."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.conformance import kit
from tests.conformance.dcp.stage import HOLDER_PID, STS, TRIGGER, Role

DCP_TCK_VERSION = "1.0.0-RC6"

_DSP, _DCP = "org.eclipse.dataspacetck.dsp", "org.eclipse.dataspacetck.dcp"
_RELEASED: Final = ((_DCP, "dcp-tck"),)
_CANDIDATE: Final = ((_DSP, "core"), (_DSP, "tck-runtime"), (_DCP, "dcp-system"), (_DCP, "dcp-testcases"))
"""The candidates of 1.0.0 have no artifact that brings the others."""
_LAUNCHER: Final = "org.eclipse.dataspacetck.dcp.system.DcpSystemLauncher"
_VERIFICATION: Final = "org.eclipse.dataspacetck.dcp.verification"


@dataclass(frozen=True)
class Run:
    """One run of the kit: against which role, with which lists, how many cases there are."""

    role: Role
    packages: tuple[str, ...]
    cases: int
    revocation: str = "bitstringstatuslist"

    @property
    def name(self) -> str:
        """For people, and for a folder."""
        return self.role if self.role != "verifier" else f"{self.role}-{self.revocation}"


RUNS: Final = (
    Run("wallet", ("presentation.cs", "issuance.cs"), 40),
    Run("verifier", ("presentation.verifier",), 20),
    Run("verifier", ("presentation.verifier",), 20, "statuslist2021"),
    Run("issuer", ("issuance.issuer",), 25),
)
KNOWN: Final[dict[str, dict[str, str]]] = {
    "1.0.0-RC6": {
        "5.4.1.2 Verify Resolution API invalid scope escalation": (
            "it wants 4xx for a query beyond the token's scopes; DCP 1.0.1 asks for 2xx with fewer credentials"
        ),
        "6.4.1 IssuerService should accept a CredentialRequest": (
            "it reads the format VC1_0_JWT alone, not the profile's alias; DCP 1.0 leaves the text open"
        ),
    }
}
"""By version: the cases that do not pass, by a part of their names, and why."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: what failed as is known, and what should not have."""

    run: Run
    result: kit.Result
    known: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...]

    @property
    def good(self) -> bool:
        """All cases ran, and nothing failed but what is known to."""
        ran = self.result.run >= self.run.cases
        return ran and not self.unknown and self.result.passed + len(self.known) >= self.run.cases


def artifacts(version: str) -> list[kit.Artifact]:
    """Group, name and version of what Maven has to resolve."""
    return kit.with_okhttp(_CANDIDATE if "-RC" in version else _RELEASED, version)


def resolve(folder: Path) -> Path:
    """The folder with the kit's archives; see `kit.resolve`."""
    return kit.resolve(folder / f"dcp-tck-{DCP_TCK_VERSION}", DCP_TCK_VERSION, artifacts(DCP_TCK_VERSION))


def issuer_of(port: int) -> str:
    """The DID of the kit's issuer."""
    return f"did:web:localhost%3A{port}:issuer"


def settings(run: Run, url: str, did: str, port: int) -> dict[str, str]:
    """The kit's properties: where the connector is, and where the kit listens; the port is not taken from the address."""
    role = {
        "wallet": {
            "did.holder": did,
            "sts.url": url + STS,
            "sts.client.id": "kit",
            "sts.client.secret": "nobody-looks-at-this",
            "credentials.correlation.id": HOLDER_PID,
        },
        "verifier": {
            "did.verifier": did,
            "vpp.trigger.endpoint": url + TRIGGER,
            "revocation.type": run.revocation,
        },
        "issuer": {"did.issuer": did},
    }[run.role]
    common = {
        "launcher": _LAUNCHER,
        "host": "127.0.0.1",
        "port": str(port),
        "callback.address": f"http://localhost:{port}",
    }
    return {f"dataspacetck.{name}": value for name, value in {**common, **role}.items()}


async def execute(run: Run, library: Path, folder: Path, url: str, did: str, port: int) -> Outcome:
    """Run the kit against a connector; everything that it prints is kept in `kit.log`.

    Raises:
        KitError: it ended without saying what came of it.
    """
    packages = [f"{_VERIFICATION}.{name}" for name in run.packages]
    shown = partial(kit.show_progress, of=run.cases)
    result = await kit.execute(library, folder, settings(run, url, did, port), packages, ended=shown)
    return judged(run, result)


def judged(run: Run, result: kit.Result) -> Outcome:
    """Tell apart what is known to fail."""
    reasons = KNOWN.get(DCP_TCK_VERSION, {})
    known: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    for case, said in result.failures:
        reason = next((why for part, why in reasons.items() if part in case), None)
        (unknown if reason is None else known).append((case, said if reason is None else reason))
    return Outcome(run, result, tuple(known), tuple(unknown))
