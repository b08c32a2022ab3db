"""`make conformance`: the official kit against this connector, on SQLite and on the store in memory."""

import asyncio
import logging
import shutil
import socket
import sys
from pathlib import Path
from typing import Final

import uvicorn

from connector.store.sqlite import open_in_memory
from tests.conformance.dsp.kit import CASES, DSP_TCK_VERSION, Outcome, resolve, run
from tests.conformance.dsp.stage import OpenStore, staged
from tests.conformance.kit import KitError

FOLDER: Final = Path("var") / "conformance"
STORES: Final[dict[str, OpenStore | None]] = {"sqlite": None, "memory": open_in_memory}
_PAUSE: Final = 0.4


def main() -> int:
    """Run the kit once for each store; the exit code is 0 when everything passed on all of them."""
    try:
        library = resolve(FOLDER)
        outcomes = {name: asyncio.run(_against(library, name)) for name in STORES}
    except KitError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if all(outcome.good for outcome in outcomes.values()) else 1


async def _against(library: Path, name: str) -> Outcome:
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    handler = logging.FileHandler(folder / "connector.log", "w", "utf-8")
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.INFO)
    bound, kit = _listen(), _listen()
    port, kit_port = bound.getsockname()[1], kit.getsockname()[1]
    kit.close()
    async with staged(folder / "connector", port=port, pause=_PAUSE, open_store=STORES[name]) as stage:
        config = uvicorn.Config(stage.app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            me = stage.connector.identity
            outcome = await run(library, folder, me.public_url, me.did, kit_port)
        finally:
            server.should_exit = True
            await serving
    handler.close()
    _report(name, outcome, folder)
    return outcome


def _listen() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def _report(name: str, outcome: Outcome, folder: Path) -> None:
    left_out = outcome.found - outcome.run
    print(
        f"DSP kit {DSP_TCK_VERSION}, store {name}: {outcome.passed} of {CASES} passed, {outcome.run} run, "
        f"{left_out} switched off in the kit, {len(outcome.failures)} failed"
    )
    for case, reason in outcome.failures:
        print(f"  FAILED {case}: {reason}")
    if not outcome.good:
        print(f"  {folder / 'kit.log'} and {folder / 'connector.log'} say more")


if __name__ == "__main__":
    sys.exit(main())
