"""What the management API takes: plain JSON, checked; unknown members are refused by name."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from connector.trust.lapses import LAPSES

_TEXT = Annotated[str, Field(max_length=4000)]
_IRI = Annotated[str, Field(min_length=1, max_length=2048)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DiagnosisBody(_Body):
    """Whom to look at: a DID, or the address of a connector."""

    peer: _IRI = Field(examples=["did:web:buyers.example.kr"])


class LogAuditBody(_Body):
    """Whose log to compare, and with whom besides our authorities."""

    peer: _IRI = Field(examples=["did:web:plant.example.kr"])
    withOthers: list[_IRI] = Field(default_factory=list, max_length=32, examples=[["did:web:buyers.example.kr"]])


class ReconciliationBody(_Body):
    """Without whose answer it is to be done, and why."""

    without: list[_IRI] = Field(default_factory=list, max_length=256, examples=[["did:web:gone.example.kr"]])
    reason: str = Field("", max_length=1000, examples=["the company does not exist any more"])


class ReleaseBody(_Body):
    """Why data may flow again before the other side has been asked."""

    reason: str = Field(min_length=1, max_length=1000, examples=["the company does not exist any more"])


class PublishBody(_Body):
    """An upload, what a person answered about it, and the terms of use."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "uploadId": "urn:uuid:0d0c0b0a-0000-4000-8000-000000000001",
                    "answers": {
                        "title": {"ko": "건조 배치 기록", "en": "Drying batches"},
                        "description": {"ko": "건조기 71배치의 공정 기록"},
                        "process": ["drying"],
                        "producer": "Hanbit Fine Chemicals",
                        "classification": ["none"],
                    },
                    "terms": {
                        "purposes": ["quality-prediction"],
                        "until": "2027-06-30T15:00:00Z",
                        "count": 3,
                        "prohibitions": ["no-passing-on"],
                    },
                }
            ]
        },
    )

    uploadId: _IRI
    answers: dict[str, Any] = Field(default_factory=dict)
    terms: dict[str, Any] = Field(default_factory=dict)
    visibleTo: list[_IRI] | None = None


class NegotiationBody(_Body):
    """Which data set of which provider; the offer only if there are several."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "provider": "did:web:plant.example.kr",
                    "dataset": "urn:uuid:0d0c0b0a-0000-4000-8000-000000000002",
                    "offer": None,
                }
            ]
        },
    )

    provider: _IRI
    dataset: _IRI
    offer: _IRI | None = None


class OfferBody(_Body):
    """Which data set of ours to whom; which of its open offers if there are several, or terms for this consumer alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "consumer": "did:web:buyer.example.kr",
                    "dataset": "urn:uuid:0d0c0b0a-0000-4000-8000-000000000002",
                    "terms": {"purposes": ["quality-prediction"], "count": 5},
                }
            ]
        },
    )

    consumer: _IRI
    dataset: _IRI
    offer: _IRI | None = None
    terms: dict[str, Any] | None = None


class TermsBody(_Body):
    """Other terms for a negotiation, in the words of `POST /datasets`: clauses of `GET /clauses` by their ids."""

    terms: dict[str, Any] = Field(
        examples=[
            {"purposes": ["quality-prediction"], "clauses": {"count": {"times": "2"}, "delete": {"within": "P7D"}}}
        ]
    )


class DraftBody(TermsBody):
    """Terms to look at, and what they are about: the answers of a data card, or a data set of ours."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "terms": {
                        "bundle": "single-sale",
                        "clauses": {"lump-sum": {"amount": "1500000"}},
                        "purposes": ["safety"],
                    },
                    "answers": {"classification": ["trade-secret"]},
                }
            ]
        },
    )

    answers: dict[str, Any] | None = None
    dataset: _IRI | None = None


_DIGEST = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", examples=["sha256:" + "0" * 64])]


class AcceptanceBody(_Body):
    """Yes to what was shown: the digest `terms` of the offer on the table."""

    terms: _DIGEST


class CounterBody(_Body):
    """Other terms for a negotiation: whole ones in the words of `POST /datasets`, or changes of what lies on the table.

    Changes: `set` names clauses of the catalogue with their blanks, `drop` those to take out. `on` is the digest of the
    terms that were on the table when this was decided; changes need it.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"terms": {"purposes": ["quality-prediction"], "count": 2}},
                {"on": "sha256:" + "0" * 64, "set": {"count": "5", "no-resale": {}}, "drop": ["until"]},
            ]
        },
    )

    terms: dict[str, Any] | None = None
    on: _DIGEST | None = None
    set: dict[str, Any] | None = None
    drop: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)] = []


class RuleBody(_Body):
    """A rule for agreeing: to what it applies, and what then happens. `before` names the rule that it goes before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "outcome": "agree",
                    "partners": ["did:web:buyer.example.kr"],
                    "purposes": ["quality-prediction"],
                    "only": ["purpose", "count", "until", "no-passing-on"],
                    "atMost": {"count": "100", "until": "2027-12-31T15:00:00Z"},
                    "changes": "in-our-favour",
                },
                {"outcome": "two-people", "side": "either", "atLeast": {"amount": "10000000 KRW"}},
                {"outcome": "two-people", "exceptCountries": ["KR"]},
            ]
        },
    )

    outcome: Literal["agree", "wait", "refuse", "two-people"]
    side: Literal["provider", "consumer", "either"] | None = None
    partners: list[_IRI] | None = None
    exceptPartners: list[_IRI] | None = None
    countries: list[_TEXT] | None = None
    exceptCountries: list[_TEXT] | None = None
    datasets: list[_IRI] | None = None
    purposes: list[_TEXT] | None = None
    only: list[_TEXT] | None = None
    having: list[_TEXT] | None = None
    classes: list[Literal["E", "C", "P"]] | None = None
    atMost: dict[str, _TEXT] | None = None
    atLeast: dict[str, _TEXT] | None = None
    changes: Literal["none", "in-our-favour", "any"] | None = None
    reason: _TEXT | None = None
    before: Annotated[str, Field(max_length=64)] | None = None


class TrialBody(_Body):
    """On what to try the rules: a negotiation of ours, or terms that somebody might ask for or offer to us."""

    negotiation: Annotated[_IRI, Field(examples=["urn:uuid:0d0c0b0a-0000-4000-8000-000000000004"])] | None = None
    side: Literal["provider", "consumer"] = "provider"
    partner: _IRI | None = None
    dataset: _IRI | None = None
    terms: dict[str, Any] | None = None
    clauses: Annotated[dict[str, Any] | None, Field(description="the terms as clauses of the catalogue instead")] = None


class TransferBody(_Body):
    """Under which contract."""

    contract: Annotated[_IRI, Field(examples=["urn:uuid:0d0c0b0a-0000-4000-8000-000000000003"])]


class ReasonBody(_Body):
    """Why, in a sentence; the other side reads it."""

    reason: Annotated[str, Field(min_length=1, max_length=1000, examples=["The project has ended."])]


class FulfilmentBody(_Body):
    """Which duty, and what was done: an invoice number, an amount, a reference."""

    duty: Annotated[_IRI, Field(examples=["urn:uuid:0d0c0b0a-0000-4000-8000-000000000003#obligation-2.1"])]
    statement: Annotated[str, Field(min_length=1, max_length=1000, examples=["Paid on 3 December, invoice 2026-118."])]


class PersonBody(_Body):
    """A person on a list."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["김민수"])]
    email: Annotated[str, Field(min_length=3, max_length=254, examples=["minsu.kim@customer.example.kr"])]


class PeopleBody(_Body):
    """Who may hold the data."""

    people: Annotated[
        list[PersonBody],
        Field(min_length=1, max_length=500, examples=[[{"name": "김민수", "email": "minsu.kim@customer.example.kr"}]]),
    ]


class PeopleChangeBody(PeopleBody):
    """Who may hold the data from now on, and why; the reason is signed and logged, so no names in it."""

    reason: Annotated[str, Field(max_length=1000, examples=["A team has changed."])] = ""


class ErasureBody(_Body):
    """A person who is to be erased; the name, the address, or both. The reason is kept, so no names in it."""

    name: Annotated[str, Field(max_length=200, examples=["김민수"])] = ""
    email: Annotated[str, Field(max_length=254, examples=["minsu.kim@customer.example.kr"])] = ""
    reason: Annotated[str, Field(max_length=1000, examples=["Asked for on 2 December."])] = ""
    apply: bool = False


class PeopleAnswerBody(_Body):
    """Which proposal; needed only if several are open."""

    proposal: Annotated[str | None, Field(max_length=100, examples=["sha256:" + "5f" * 32])] = None


class PeopleRefusalBody(PeopleAnswerBody, ReasonBody):
    """The same, and why not."""


class DeletionBody(_Body):
    """What people say about copies that this connector knows nothing of; the provider reads it, signed."""

    statement: Annotated[
        str, Field(min_length=1, max_length=1000, examples=["No copy is left with us or anybody else."])
    ]


class WithdrawalBody(ReasonBody):
    """Why a contract ends, and from when on, if later than its notice period demands."""

    effective: Annotated[AwareDatetime | None, Field(examples=["2026-12-31T15:00:00Z"])] = None


class TerminationBody(ReasonBody):
    """Why a negotiation ends: a code for the other side's programs, a sentence for its people."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["no-interest"])] = "ended-by-operator"


class DeliveryBody(_Body):
    """One use of a contract: what for, and for whom."""

    contract: Annotated[_IRI, Field(examples=["urn:uuid:0d0c0b0a-0000-4000-8000-000000000003"])]
    purpose: Annotated[str, Field(max_length=500, examples=["quality-prediction"])] | None = None
    person: Annotated[str, Field(max_length=200, examples=["Kim, process engineering"])] | None = None
    push: Annotated[bool, Field(description="have the provider send it, instead of fetching it")] = False
    delivery: _IRI | None = None


class PeerBody(_Body):
    """What the operator decides about a participant."""

    mayNotSign: Annotated[bool, Field(examples=[False])] = False
    lapses: Annotated[list[_TEXT], Field(max_length=len(LAPSES), examples=[["did-without-relationships"]])] = []
    reason: _TEXT | None = None
    sendToken: Annotated[
        SecretStr | None,
        Field(max_length=520, description="with `static-token`: what we show to it", examples=["its-token-…"]),
    ] = None
    expectToken: Annotated[
        SecretStr | None,
        Field(max_length=520, description="with `static-token`: what it shows to us; made here if absent"),
    ] = None


class GaiaXBody(_Body):
    """Whose Gaia-X credentials to fetch and judge."""

    participant: Annotated[_IRI, Field(examples=["did:web:plating.example.kr"])]


class RequestBody(_Body):
    """Whom to ask for a membership."""

    authority: Annotated[_IRI, Field(examples=["did:web:office.example.kr"])]


class CredentialBody(_Body):
    """The membership that an authority issued."""

    credential: Annotated[str, Field(max_length=32_768, examples=["eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJ2YyI6….…"])]


class AdmissionBody(_Body):
    """Which request for a membership: its id, or the DID of who asks if only one of its requests waits."""

    request: Annotated[_IRI, Field(examples=["did:web:plant.example.kr"])]


_Says = Annotated[
    dict[Annotated[str, Field(max_length=64)], _TEXT | Annotated[list[_TEXT], Field(max_length=32)]],
    Field(max_length=32, examples=[{"country": "KR", "affiliateOf": ["did:web:group.example.kr"]}]),
]
"""What an authority says of a member beyond its keys; terms of contracts can be about it."""


class ApprovalBody(AdmissionBody):
    """The same, and what the membership says of the member beyond its keys: its country, its group."""

    says: _Says | None = None


class RefusalBody(AdmissionBody):
    """The same, and why not; who asked reads it."""

    reason: Annotated[str, Field(max_length=1000, examples=["We admit plants only."])] = ""


class CredentialOfferBody(_Body):
    """Whom to invite to ask for a membership, and why."""

    holder: Annotated[_IRI, Field(examples=["did:web:plant.example.kr"])]
    reason: Annotated[str, Field(min_length=1, max_length=200, examples=["reissue"])] = "membership"


class RevocationBody(_Body):
    """Whose membership, and why; members read the reason from the authority, not from the list."""

    did: Annotated[_IRI, Field(examples=["did:web:plant.example.kr"])]
    reason: Annotated[str, Field(min_length=1, max_length=1000, examples=["The company has closed."])]


class MemberBody(_Body):
    """Which member."""

    did: Annotated[_IRI, Field(examples=["did:web:plant.example.kr"])]


class IssuerBody(_Body):
    """Who is believed in the data space, for which types of credentials."""

    did: Annotated[_IRI, Field(examples=["did:web:lab.example.kr"])]
    types: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]],
        Field(min_length=1, max_length=20, examples=[["QualityCredential"]]),
    ]


class IssuerRemovalBody(_Body):
    """Who is believed no more: for one type, or for all."""

    did: Annotated[_IRI, Field(examples=["did:web:lab.example.kr"])]
    type: Annotated[str | None, Field(max_length=200, examples=["QualityCredential"])] = None


class RotationBody(_Body):
    """Which key is changed; and from when on the present one is not believed, if others may have it."""

    use: Annotated[Literal["token", "contract", "log"], Field(examples=["token"])]
    compromisedSince: Annotated[str | None, Field(max_length=64, examples=["2026-11-23T09:00:00Z"])] = None


class IssueBody(_Body):
    """A company's request for membership, as `POST /membership-requests` of its connector made it."""

    request: Annotated[
        dict[str, Any], Field(examples=[{"type": "MembershipRequest", "did": "did:web:plant.example.kr"}])
    ]
    says: _Says | None = None
