"""The transfer formats that we serve: who opens the connection on which the data flows."""

from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """Whether the consumer fetches the data, or the provider sends it."""

    PULL = "pull"
    PUSH = "push"


PULL: Final = "HttpData-PULL"
PUSH: Final = "HttpData-PUSH"
OFFERED: Final = (PULL, PUSH)
"""As our catalog names them: the names that Eclipse connectors and the official kit use."""

_WAYS: Final = {PULL: Way.PULL, PUSH: Way.PUSH, "http-pull": Way.PULL, "http-push": Way.PUSH}


def way_of(name: str) -> Way | None:
    """The way that a format means: its bare name, or an IRI that ends in it (Data Plane Signaling's `…/http-push`)."""
    return _WAYS.get(name.rsplit("/", 1)[-1])
