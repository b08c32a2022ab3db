"""`python -m tests.bench`: the figures of this machine as a table and as JSON. Never a test: nothing here can fail slow."""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import table
from tests.bench.machine import describe_machine
from tests.bench.sections import SECTIONS, Asked


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("var/bench.json"))
    parser.add_argument(
        "--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), help="these sections alone"
    )
    parser.add_argument("--negotiations", type=int, default=200, help="how many one after another")
    parser.add_argument("--together", type=int, default=960, help="how many at 32 a time")
    parser.add_argument(
        "--stored", type=int, nargs="*", default=[1_000, 100_000], help="with how many stored agreements"
    )
    parser.add_argument("--pull-megabytes", type=int, nargs="+", default=[256, 1000])
    parser.add_argument("--pulls", type=int, default=3, help="how often each size is pulled both ways")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--catalogs", type=int, nargs="+", default=[1_000, 100_000], help="data sets in each")
    parser.add_argument("--slow", type=int, default=1000, help="how many consumers read slowly at a time")
    parser.add_argument("--evidences", type=int, default=10_000, help="contracts in one exported bundle")
    parser.add_argument("--log-entries", type=int, default=10_000_000, help="in the log that proofs are taken from")
    parser.add_argument("--log-appends", type=int, default=8_000, help="entries added to it, each with its checkpoint")
    asked = parser.parse_args()
    # All of them are one participant here.
    os.environ["MMD_STREAMS_PER_PARTICIPANT"] = str(asked.slow + 10)
    folder = Path(tempfile.mkdtemp(prefix="mmd-bench-"))
    try:
        found = asyncio.run(_measure(folder, asked.only, Asked.of(asked)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table.show(found)
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"\nWritten: {asked.output}")


async def _measure(folder: Path, sections: list[str], asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": describe_machine()}
    for name in sections:
        print(f"measuring: {name} …", flush=True)
        place = folder / name
        place.mkdir()
        found[name] = await SECTIONS[name](place, asked)
        shutil.rmtree(place)
    return found


if __name__ == "__main__":
    main()
