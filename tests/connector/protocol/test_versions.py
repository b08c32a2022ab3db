from connector.protocol.versions import V2025_1, VERSIONS, WELL_KNOWN, ProtocolVersion, version_document


def test_the_document_lists_every_version_that_is_served() -> None:
    next_one = ProtocolVersion("2099-1", "/dsp/2099-1", "https://w3id.org/dspace/2099/1/context.jsonld")
    document = version_document((*VERSIONS, next_one), "did:web:a.example#connector")
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
