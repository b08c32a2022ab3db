"""Identifiers: IRIs for everything that other companies see.

Process ids are `urn:uuid:` IRIs: they are JSON-LD ids (DSP context, `@type: @id`) and survive, unescaped, the URL paths
that some peers put them into.
"""

import re
import uuid
from typing import Final

_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
MAX_IRI: Final = 2048
"""The longest IRI that we accept, in characters."""


def new_iri() -> str:
    """A fresh `urn:uuid:` IRI (122 random bits)."""
    return f"urn:uuid:{uuid.uuid4()}"


def is_iri(value: object) -> bool:
    """Whether the value is an absolute IRI of bounded length (RFC 3987, shape only)."""
    return isinstance(value, str) and len(value) <= MAX_IRI and _IRI.fullmatch(value) is not None
