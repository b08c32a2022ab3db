"""The official kit of the Dataspace Protocol: which artifacts it is made of, and one run of it."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from connector.protocol.versions import V2025_1
from tests.conformance import kit
from tests.conformance.dsp.scripts import properties
from tests.conformance.dsp.stage import NEGOTIATE, TRANSFER

DSP_TCK_VERSION = "1.0.0-RC6"
CASES: Final = 65
"""How many cases have to run and to pass; two more are switched off in the kit itself."""

_GROUP: Final = "org.eclipse.dataspacetck.dsp"
_RELEASED: Final = ((_GROUP, "dsp-tck"),)
_CANDIDATE: Final = tuple(
    (_GROUP, name)
    for name in (
        "core",
        "tck-runtime",
        "dsp-system",
        "dsp-metadata",
        "dsp-catalog",
        "dsp-contract-negotiation",
        "dsp-transfer-process",
    )
)
"""The candidates of 1.0.0 have no artifact that brings the others."""
_PACKAGE: Final = "org.eclipse.dataspacetck.dsp.verification"
_LAUNCHER: Final = "org.eclipse.dataspacetck.dsp.system.DspSystemLauncher"
_WAIT: Final = 10
"""Seconds in which the kit expects what it waits for."""


@dataclass(frozen=True)
class Outcome(kit.Result):
    """What the kit says."""

    @property
    def good(self) -> bool:
        """Everything passed, and nothing was left out."""
        return self.passed >= CASES and self.run >= CASES and not self.failures


def artifacts(version: str) -> list[kit.Artifact]:
    """Group, name and version of what Maven has to resolve."""
    return kit.with_okhttp(_CANDIDATE if "-RC" in version else _RELEASED, version)


def resolve(folder: Path) -> Path:
    """The folder with the kit's archives; see `kit.resolve`."""
    return kit.resolve(folder / f"dsp-tck-{DSP_TCK_VERSION}", DSP_TCK_VERSION, artifacts(DSP_TCK_VERSION))


def settings(url: str, did: str, port: int) -> dict[str, str]:
    """The kit's properties: where the connector is, where the kit listens, which ids it uses."""
    return {
        "dataspacetck.launcher": _LAUNCHER,
        "dataspacetck.host": "127.0.0.1",
        "dataspacetck.port": str(port),
        "dataspacetck.callback.address": f"http://127.0.0.1:{port}",
        "dataspacetck.dsp.local.connector": "false",
        "dataspacetck.dsp.connector.agent.id": did,
        "dataspacetck.dsp.connector.http.url": url + V2025_1.path,
        "dataspacetck.dsp.connector.http.base.url": url,
        "dataspacetck.dsp.connector.negotiation.initiate.url": url + NEGOTIATE,
        "dataspacetck.dsp.connector.transfer.initiate.url": url + TRANSFER,
        "dataspacetck.dsp.default.wait": str(_WAIT),
        **properties(),
    }


async def run(library: Path, folder: Path, url: str, did: str, port: int) -> Outcome:
    """Run the kit against a connector; everything that it prints is kept in `kit.log`.

    Raises:
        KitError: it ended without saying what came of it.
    """
    shown = partial(kit.show_progress, of=CASES)
    result = await kit.execute(library, folder, settings(url, did, port), [_PACKAGE], ended=shown)
    return Outcome(result.found, result.run, result.passed, result.failures)
