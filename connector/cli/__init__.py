"""The command `mmd`: one module per verb, found by name and loaded only when asked for."""

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 done, 1 refused or failed, 2 wrong usage or cannot be judged)."""
    from connector.cli.root import run

    return run(sys.argv[1:] if argv is None else list(argv), os.environ)
