import pytest

from connector.protocol.bindings import BINDINGS, bindings_of
from connector.protocol.errors import UnknownVersion
from connector.protocol.versions import (
    V2025_1,
    VERSIONS,
    WELL_KNOWN,
    Ability,
    ProtocolVersion,
    common_version,
    version_document,
    version_named,
)

NEXT = ProtocolVersion("2099-1", "/dsp/2099-1", "https://w3id.org/dspace/2099/1/context.jsonld", frozenset())


def test_the_document_lists_every_version_that_is_served() -> None:
    document = version_document((*VERSIONS, NEXT), "did:web:a.example#connector")
    listed = document["protocolVersions"]
    assert [(entry["version"], entry["path"]) for entry in listed] == [
        ("2025-1", "/dsp/2025-1"),
        ("2099-1", "/dsp/2099-1"),
    ]
    assert {entry["serviceId"] for entry in listed} == {"did:web:a.example#connector"}
    assert {entry["binding"] for entry in listed} == {"HTTPS"}


def test_the_document_is_for_those_who_know_no_version_yet() -> None:
    """No context, and a place without a version in it (DSP, common functionalities)."""
    assert "@context" not in version_document(VERSIONS, "did:web:a.example#connector")
    assert not any(version.version in WELL_KNOWN for version in VERSIONS)


def test_paths_can_be_put_behind_a_root() -> None:
    assert V2025_1.path.startswith("/")
    assert not V2025_1.path.endswith("/")


def test_a_version_is_found_by_its_name() -> None:
    assert version_named((V2025_1, NEXT), "2099-1") is NEXT
    with pytest.raises(UnknownVersion, match="the version 2099-1"):
        version_named(VERSIONS, "2099-1")


@pytest.mark.parametrize(
    ("offered", "found"),
    [
        ([("2025-1", "/a")], (V2025_1, "/a")),
        ([("2025-1", "/a"), ("2099-1", "/b")], (NEXT, "/b")),
        ([("2025-1", "/a"), ("2025-1", "/of another service")], (V2025_1, "/a")),
        ([("2024-1", "/a")], None),
        ([], None),
    ],
)
def test_what_both_speak(offered: list[tuple[str, str]], found: tuple[ProtocolVersion, str] | None) -> None:
    """Our own order decides, not theirs; the first entry of a version is the one that counts."""
    assert common_version((NEXT, V2025_1), offered) == found


def test_a_version_has_the_paths_of_its_abilities() -> None:
    assert bindings_of(V2025_1) == BINDINGS, "this one has them all"
    missing = {binding.path for binding in BINDINGS} - {binding.path for binding in bindings_of(NEXT)}
    assert missing == {"/negotiations/offers", "/transfers/{pid}/suspension"}
    assert {binding.ability for binding in BINDINGS} == {None, *Ability}
