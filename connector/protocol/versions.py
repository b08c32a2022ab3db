"""Protocol versions as records: path, context, abilities. No code asks "which version" with an `if`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connector.canonical import JsonObject
from connector.protocol.errors import UnknownVersion


class Ability(StrEnum):
    """What a version of the protocol may be able to do, or not; in words for errors."""

    OFFERING = "a provider begins a negotiation with an offer"
    SUSPENSION = "a transfer is suspended and resumed"


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """One version of the Dataspace Protocol as we serve it.

    Attributes:
        version: its name in the version document; a process is kept with the name of the version that it began in.
        path: where it is served, appended to the connector's root.
        context: the JSON-LD context that every message names.
        abilities: what it can do beyond negotiating and transferring; paths of others are not served.
        binding: the only binding of the standard.
    """

    version: str
    path: str
    context: str
    abilities: frozenset[Ability] = frozenset(Ability)
    binding: str = "HTTPS"

    def can(self, ability: Ability | None) -> bool:
        """Whether it has an ability; what needs none, every version can."""
        return ability is None or ability in self.abilities


V2025_1: Final = ProtocolVersion("2025-1", "/dsp/2025-1", "https://w3id.org/dspace/2025/1/context.jsonld")
SPECIFICATION_VERSION: Final = "2025-1-err1"
"""The text that this code was written from."""
VERSIONS: Final = (V2025_1,)
"""The versions that we speak, the one that we like best first."""
PREFERRED: Final = VERSIONS[0]
WELL_KNOWN: Final = "/.well-known/dspace-version"


def version_named(versions: Iterable[ProtocolVersion], name: str) -> ProtocolVersion:
    """The version of this name.

    Raises:
        UnknownVersion: we do not speak it (any more).
    """
    for version in versions:
        if version.version == name:
            return version
    raise UnknownVersion(
        f"the version {name} of the Dataspace Protocol is not spoken here; use a program that knows it"
    )


def common_version(
    versions: Iterable[ProtocolVersion], offered: Iterable[tuple[str, str]]
) -> tuple[ProtocolVersion, str] | None:
    """The version to speak with somebody, and its path there; None when there is none in common.

    Args:
        versions: ours, the one that we like best first.
        offered: theirs, name and path, in the order of their version document.
    """
    paths: dict[str, str] = {}
    for name, path in offered:
        paths.setdefault(name, path)
    return next(((version, paths[version.version]) for version in versions if version.version in paths), None)


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
