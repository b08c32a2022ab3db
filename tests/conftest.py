import pytest
from hypothesis import settings

# Nothing is left behind, and a run does not depend on the one before it.
settings.register_profile("house", database=None, deadline=None)
settings.load_profile("house")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
