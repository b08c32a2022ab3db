"""What Gaia-X wants to know of a participant and its data products: the subjects of Gaia-X credentials.

Each subject is a JSON-LD node with an IRI of its own (blank nodes would be doubled when credentials are read together, and
the shapes count them). Names are those of the Gaia-X ontology; `catalog.exports.gaiax_shapes` knows what each needs.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from catalog.errors import CardError

NAMESPACE: Final = "https://w3id.org/gaia-x/development#"
"""The ontology's namespace; others have been in use, so it is handed in wherever documents are made."""
TERMS_DIGEST: Final = "4bd7554097444c960292b4726c2efa1373485e8a5565d94d41195214c5e0ceb3"
"""SHA-256 of the Gaia-X terms and conditions that a participant signs."""
RegistrationKind = Literal["lei", "vat", "tax", "local"]

_REGISTRATION: Final[dict[str, tuple[str, str]]] = {
    "lei": ("gx:LeiCode", "schema:leiCode"),
    "vat": ("gx:VatID", "gx:vatID"),
    "tax": ("gx:TaxID", "schema:taxID"),
    "local": ("gx:LocalRegistrationNumber", "gx:local"),
}
_WITH_COUNTRY: Final = frozenset({"lei", "vat"})
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_MAX_TEXT: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who a participant is in law.

    Attributes:
        legal_name: as it is registered.
        registration_kind: `lei`, `vat`, `tax` or `local` (in Korea: 사업자등록번호 is `tax`, 법인등록번호 `local`).
        registration_number: the number itself.
        country: ISO 3166-1 alpha-2, for example `KR`.
        country_name: the country as written in an address, or None.
        street: street and number, or None.
        locality: the town, or None.
        postal_code: or None.
    """

    legal_name: str
    registration_kind: str
    registration_number: str
    country: str
    country_name: str | None = None
    street: str | None = None
    locality: str | None = None
    postal_code: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no register would know.

        Raises:
            CardError: a value is missing, too long, or not of its form; the sentence says which.
        """
        for name, value in (("legalName", self.legal_name), ("registrationNumber", self.registration_number)):
            if not value.strip() or len(value) > _MAX_TEXT:
                raise CardError(f"$.{name}", "a text is needed here")
        if self.registration_kind not in _REGISTRATION:
            raise CardError("$.registrationKind", f"one of {', '.join(_REGISTRATION)} is needed")
        if not _COUNTRY.fullmatch(self.country):
            raise CardError("$.country", "two capital letters are needed (ISO 3166-1), for example KR")
        if self.registration_kind == "lei" and not is_lei(self.registration_number):
            raise CardError("$.registrationNumber", "this is no LEI: 20 characters whose check digits fit (ISO 17442)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that a data product points to: where it is, and the SHA-256 of its bytes in hexadecimal digits."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A published data set, as Gaia-X describes it.

    Attributes:
        dataset: its IRI.
        name: its title.
        description: one paragraph.
        launched: the day on which it was published, `2026-11-23`.
        keywords: words to find it by.
        formats: how it can be had, for example `HttpData-PULL`.
        terms: the terms of the offer as a person reads them.
        policy: the terms as ODRL.
    """

    dataset: str
    name: str
    description: str
    launched: str
    keywords: Sequence[str]
    formats: Sequence[str]
    terms: Document
    policy: Document


def is_lei(text: str) -> bool:
    """Whether this is a Legal Entity Identifier with fitting check digits (ISO 17442, ISO 7064 MOD 97-10)."""
    if not _LEI.fullmatch(text):
        return False
    return int("".join(str(int(character, 36)) for character in text)) % 97 == 1


def participant(company: Company, base: str) -> dict[str, Any]:
    """The LegalPerson."""
    address = {"@id": subject_id(base, "address"), "@type": "gx:Address"}
    return {
        "@id": subject_id(base, "participant"),
        "@type": "gx:LegalPerson",
        "schema:name": company.legal_name,
        "gx:registrationNumber": {"@id": subject_id(base, "registration"), "@type": _registration_types(company)},
        "gx:legalAddress": address,
        "gx:headquartersAddress": address,
    }


def address(company: Company, base: str) -> dict[str, Any]:
    """Where the company sits."""
    parts = {
        "gx:countryCode": company.country,
        "gx:countryName": company.country_name,
        "vcard:street-address": company.street,
        "vcard:locality": company.locality,
        "vcard:postal-code": company.postal_code,
    }
    return {
        "@id": subject_id(base, "address"),
        "@type": "gx:Address",
        **{name: value for name, value in parts.items() if value},
    }


def registration(company: Company, base: str) -> dict[str, Any]:
    """The number under which it is registered."""
    _, term = _REGISTRATION[company.registration_kind]
    country = {"gx:countryCode": company.country} if company.registration_kind in _WITH_COUNTRY else {}
    return {
        "@id": subject_id(base, "registration"),
        "@type": _registration_types(company),
        term: company.registration_number,
        **country,
    }


def terms_and_conditions(base: str) -> dict[str, Any]:
    """That the participant keeps the terms and conditions of Gaia-X."""
    return {"@id": subject_id(base, "terms"), "@type": "gx:Issuer", "gx:gaiaxTermsAndConditions": TERMS_DIGEST}


def data_product(product: Product, base: str) -> dict[str, Any]:
    """A published data set as a DataProduct."""
    name = product_name(product.dataset)
    here = subject_id(base, name)

    def part(kind: str, **more: Any) -> dict[str, Any]:
        return {"@id": f"{here}-{kind}", **more}

    def linked(kind: str, type_: str, document: Document) -> dict[str, Any]:
        return part(kind, **{"@type": type_, "gx:url": {"@id": document.url}, "gx:hash": document.sha256})

    described = part(
        "description",
        **{
            "@type": "gx:DataProductDescription",
            "dcat:Dataset": product.dataset,
            "gx:dataProductConfigurationParameters": part(
                "format",
                **{
                    "@type": "gx:DataProductConfigurationParameter",
                    "gx:parameterName": "format",
                    "gx:parameterDescription": "The transfer format, as in the Dataspace Protocol's distributions",
                    "gx:parameterAdmissibleValues": list(product.formats),
                },
            ),
        },
    )
    found = {
        "@id": here,
        "@type": "gx:DataProduct",
        "gx:digitalServiceOfferingName": product.name,
        "gx:digitalServiceOfferingShortDescription": product.description or product.name,
        "gx:digitalServiceOfferingIdentifier": product.dataset,
        "gx:digitalServiceOfferingLaunchDate": product.launched,
        "gx:digitalServiceOfferingProvider": {"@id": subject_id(base, "participant"), "@type": "gx:LegalPerson"},
        "gx:digitalServiceOfferingTermsAndConditions": linked("terms", "gx:ServiceTermsAndConditions", product.terms),
        "gx:digitalServiceUsageTermsAndConditions": linked("usage", "gx:UsageTermsAndConditions", product.terms),
        "gx:digitalServiceUsageDataPolicy": linked("policy", "gx:TermsAndConditions", product.policy),
        "gx:digitalServiceLegalDocuments": part(
            "legal", **{"@type": "gx:LegalDocument", "gx:url": {"@id": product.terms.url}}
        ),
        "gx:dataProductDescription": described,
    }
    return {**found, "gx:keyword": list(product.keywords)} if product.keywords else found


def subject_id(base: str, name: str) -> str:
    """The IRI of a subject: credential, subject and presentation have one each."""
    return f"{credential_id(base, name)}#subject"


def credential_id(base: str, name: str) -> str:
    """The IRI, and the address, of a credential."""
    return f"{base}/gaiax/credentials/{name}"


def product_name(dataset: str) -> str:
    """A name for a data set's credential that survives a URL path."""
    return "product-" + hashlib.sha256(dataset.encode()).hexdigest()[:32]


def canonical_digest(document: Mapping[str, Any]) -> str:
    """`digestSRI` as Gaia-X writes it: `sha256-` and the hexadecimal SHA-256 of the canonical JSON."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return "sha256-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _registration_types(company: Company) -> list[str]:
    # Readers without the ontology's hierarchy do not know that a LEI is a registration number.
    return [_REGISTRATION[company.registration_kind][0], "gx:RegistrationNumber"]
