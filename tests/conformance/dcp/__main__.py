"""`make conformance-dcp`: the official kit of the Decentralized Claims Protocol against this connector, in its three roles."""

import asyncio
import logging
import shutil
import socket
import sys
from pathlib import Path
from typing import Final

import uvicorn

from tests.conformance.dcp.kit import DCP_TCK_VERSION, RUNS, Outcome, Run, execute, issuer_of, resolve
from tests.conformance.dcp.stage import staged
from tests.conformance.kit import KitError

FOLDER: Final = Path("var") / "conformance"


def main() -> int:
    """Run the kit in each role; the exit code is 0 when nothing failed but what is known to."""
    try:
        library = resolve(FOLDER)
        outcomes = [asyncio.run(_against(library, run)) for run in RUNS]
    except KitError as error:
        print(error, file=sys.stderr)
        return 2
    # The second kind of lists is the same cases once more.
    counted = {outcome.run.role: outcome for outcome in outcomes}.values()
    passed, cases = (sum(found) for found in zip(*((o.result.passed, o.run.cases) for o in counted), strict=True))
    print(f"DCP kit {DCP_TCK_VERSION}: {passed} of {cases}")
    return 0 if all(outcome.good for outcome in outcomes) else 1


async def _against(library: Path, run: Run) -> Outcome:
    folder = FOLDER / f"dcp-{run.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    handler = logging.FileHandler(folder / "connector.log", "w", "utf-8")
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.INFO)
    bound, kit = _listen(), _listen()
    port, kit_port = bound.getsockname()[1], kit.getsockname()[1]
    kit.close()
    async with staged(folder / "connector", role=run.role, port=port, issuer=issuer_of(kit_port)) as stage:
        server = uvicorn.Server(uvicorn.Config(stage.app, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            me = stage.connector.identity
            outcome = await execute(run, library, folder, me.public_url, me.did, kit_port)
        finally:
            server.should_exit = True
            await serving
    handler.close()
    _report(outcome, folder)
    return outcome


def _listen() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def _report(outcome: Outcome, folder: Path) -> None:
    run, result = outcome.run, outcome.result
    left_out = f", {result.found - result.run} switched off in the kit" if result.found > result.run else ""
    print(f"{run.name}: {result.passed} of {run.cases} passed, {result.run} run{left_out}")
    for case, reason in outcome.known:
        print(f"  known: {case}: {reason}")
    for case, reason in outcome.unknown:
        print(f"  FAILED {case}: {reason}")
    if not outcome.good:
        print(f"  {folder / 'kit.log'} and {folder / 'connector.log'} say more")


if __name__ == "__main__":
    sys.exit(main())
