"""The named purposes, by slug, by name in either language, or as an IRI."""

from typing import Final

from policies.vocabulary import PURPOSE, PURPOSE_NAMES

SLUGS: Final = tuple(iri.removeprefix(PURPOSE) for iri in PURPOSE_NAMES)


def purpose_iri(text: str) -> str:
    """The IRI of a purpose given by slug or by its name; anything else goes as it is, for the connector to judge."""
    wanted = text.strip().casefold()
    for iri, names in PURPOSE_NAMES.items():
        if wanted in {iri.removeprefix(PURPOSE), *(name.casefold() for name in names.values())}:
            return iri
    return text.strip()


def purpose_name(iri: str, lang: str) -> str:
    """What people call it; an unknown one as it stands."""
    return PURPOSE_NAMES.get(iri, {}).get("ko" if lang == "ko" else "en", iri)
