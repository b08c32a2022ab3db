import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

# Nothing is left behind, and a run does not depend on the one before it.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "mmd-hypothesis")
settings.register_profile("house", database=None, deadline=None)
settings.load_profile("house")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
