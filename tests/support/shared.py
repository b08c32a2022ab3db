"""Where the shared specifications and vectors lie, if they lie beside the project at all."""

from pathlib import Path
from typing import Final

import pytest

_BESIDE = Path(__file__).resolve().parents[3] / "shared"
SHARED: Final[Path | None] = _BESIDE if _BESIDE.is_dir() else None

needs_shared = pytest.mark.skipif(
    SHARED is None, reason="the folder 'shared' (specifications, vectors) is not beside the project"
)
