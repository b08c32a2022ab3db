"""What the management API takes about consents, payments in advance, and questions of what would be decided."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

_IRI = Annotated[str, Field(min_length=1, max_length=2048)]
_TIME = Annotated[str, Field(max_length=64, examples=["2027-06-30T15:00:00Z"])]
_PURPOSE = Annotated[str, Field(max_length=500, examples=["quality-prediction"])]
_DIGEST = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", examples=["sha256:" + "0" * 64])]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReceiptBody(_Body):
    """As producer: to which provider, for which data set (or content digest), for what, until when."""

    provider: Annotated[_IRI, Field(examples=["did:web:plant.example.kr"])]
    dataset: Annotated[_IRI, Field(examples=["urn:uuid:0d0c0b0a-0000-4000-8000-000000000002"])]
    purposes: Annotated[list[_PURPOSE], Field(max_length=50)] = []
    until: _TIME | None = None


class ConsentBody(_Body):
    """Either a signed receipt; or a document: its digest, and what it says."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "digest": "sha256:" + "0" * 64,
                    "producer": "Hanbit Fine Chemicals",
                    "dataset": "urn:uuid:0d0c0b0a-0000-4000-8000-000000000002",
                    "purposes": ["quality-prediction"],
                    "until": "2027-06-30T15:00:00Z",
                }
            ]
        },
    )

    receipt: dict[str, Any] | None = None
    digest: _DIGEST | None = None
    producer: Annotated[str, Field(max_length=300)] | None = None
    dataset: _IRI | None = None
    purposes: Annotated[list[_PURPOSE], Field(max_length=50)] = []
    until: _TIME | None = None


class PaymentBody(_Body):
    """Whether the payment is there, and a note for our own record."""

    received: Annotated[bool, Field(examples=[True])]
    note: Annotated[str, Field(max_length=1000, examples=["bank statement 2026-11-29"])] | None = None


class QuestionBody(_Body):
    """Would this partner get this data set at that time? What is given here is assumed instead of what is known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "for": "did:web:buyer.example.kr",
                    "dataset": "urn:uuid:0d0c0b0a-0000-4000-8000-000000000002",
                    "purpose": "quality-prediction",
                    "at": "2026-12-01T14:00:00+09:00",
                    "country": "KR",
                    "claims": {"iso9001": "2027"},
                }
            ]
        },
    )

    partner: Annotated[_IRI, Field(alias="for")]
    dataset: _IRI
    purpose: _PURPOSE | None = None
    at: _TIME | None = None
    person: Annotated[str, Field(max_length=200)] | None = None
    country: Annotated[str, Field(max_length=6)] | None = None
    affiliateOf: Annotated[list[_IRI], Field(max_length=32)] | None = None
    credentialTypes: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=32)] | None = None
    claims: Annotated[dict[str, Annotated[str, Field(max_length=1000)]], Field(max_length=32)] = {}
    prepaid: bool | None = None
