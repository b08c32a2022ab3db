"""The purposes that we know, by name."""

from connector.services.errors import BadRequest
from policies.vocabulary import PURPOSE_NAMES


def purpose_iri(purpose: str) -> str:
    """The IRI of a purpose given by its IRI or its short name.

    Raises:
        BadRequest: it is none of the list.
    """
    for iri in PURPOSE_NAMES:
        if purpose in (iri, iri.rsplit("/", 1)[-1]):
            return iri
    names = ", ".join(sorted(iri.rsplit("/", 1)[-1] for iri in PURPOSE_NAMES))
    raise BadRequest(f"{purpose!r} is no purpose that we know; one of: {names}")
