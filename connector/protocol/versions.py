"""Protocol versions as records: path, context, abilities. No code asks "which version" with an `if`."""

from dataclasses import dataclass
from typing import Final

from connector.canonical import JsonObject


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """One version of the Dataspace Protocol as we serve it.

    Attributes:
        version: its name in the version document.
        path: where it is served, appended to the connector's root.
        context: the JSON-LD context that every message names.
        binding: the only binding of the standard.
    """

    version: str
    path: str
    context: str
    binding: str = "HTTPS"


V2025_1: Final = ProtocolVersion("2025-1", "/dsp/2025-1", "https://w3id.org/dspace/2025/1/context.jsonld")
SPECIFICATION_VERSION: Final = "2025-1-err1"
"""The text that this code was written from."""
VERSIONS: Final = (V2025_1,)
WELL_KNOWN: Final = "/.well-known/dspace-version"


def version_document(versions: tuple[ProtocolVersion, ...], service_id: str) -> JsonObject:
    """The VersionResponse: unauthenticated, unversioned, without a context (DSP, common functionalities)."""
    return {
        "protocolVersions": [
            {
                "version": version.version,
                "path": version.path,
                "binding": version.binding,
                "serviceId": service_id,
                "identifierType": "did:web",
                "auth": {"protocol": "DCP", "version": "1.0", "profile": ["vc11-sl2021/jwt", "vc20-bssl/jwt"]},
            }
            for version in versions
        ]
    }
