"""Opening what a connector's folder holds beside its own keys: the company's facts and certificate for Gaia-X."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalog.errors import CatalogRoomError
from catalog.exports.gaiax import Company
from connector.services.gaiax import company_from
from connector.settings import Settings
from connector.trust.certificates import MAX_PEM, Certificate, CertifiedKey, certified_key, read_certificates
from connector.trust.errors import TrustError

COMPANY_FILE: Final = "company.json"
_MAX_COMPANY: Final = 20_000


class OpeningError(Exception):
    """A file that the settings name cannot be used; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class GaiaXParts:
    """What Gaia-X credentials are made with, and whose of others are believed."""

    key: CertifiedKey | None
    company: Company | None
    anchors: tuple[Certificate, ...]


def gaiax_of(settings: Settings) -> GaiaXParts:
    """The certificate, the company's facts and the anchors of a folder; each may be missing.

    Raises:
        OpeningError: one is named, and cannot be used.
    """
    key = None
    try:
        if settings.gaiax_certificate is not None and settings.gaiax_key is not None:
            key = certified_key(_content(settings.gaiax_key), _content(settings.gaiax_certificate))
        anchors = read_certificates(_content(settings.gaiax_anchors)) if settings.gaiax_anchors is not None else ()
    except TrustError as error:
        raise OpeningError(f"the Gaia-X certificate, key or anchors of the settings cannot be used: {error}") from None
    return GaiaXParts(key, read_company(settings.directory), anchors)


def read_company(directory: Path) -> Company | None:
    """What `mmd gaiax company` wrote, if it did.

    Raises:
        OpeningError: the file cannot be used.
    """
    file = directory / COMPANY_FILE
    try:
        return company_from(file.read_text("utf-8")[:_MAX_COMPANY])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, CatalogRoomError) as error:
        raise OpeningError(f"{file} cannot be used: {error}") from None


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_PEM)
    except OSError as error:
        raise OpeningError(f"{file} cannot be read: {error.strerror or error}") from None
