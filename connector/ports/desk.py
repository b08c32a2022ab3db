"""What is kept of decisions by people: what waits for them, who has said yes, the rules that need nobody."""

from dataclasses import dataclass

from connector.canonical import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRecord:
    """A negotiation that waits for our people.

    Attributes:
        negotiation: our pid; one thing at a time waits in a negotiation.
        duty: what we owe in it (`protocol.negotiation.Duty`).
        terms: the digest of what lies on the table (`services.said`): a decision is bound to it.
        created_at: since when it waits.
        expires_at: when it passes, the negotiation is ended.
        rule: the rule that had it wait, if one did.
        persons: how many different people have to say yes.
        because: the names of the rules that ask for a second one.
    """

    negotiation: str
    role: str
    counterparty: str
    dataset: str
    duty: str
    terms: str
    created_at: str
    expires_at: str
    rule: str | None = None
    persons: int = 1
    because: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRecord:
    """A person's yes to terms of one negotiation.

    Attributes:
        key: negotiation, terms and person: nobody says yes twice.
        terms: the digest of what that person was shown, or offered.
        person: who; `name` and `role` are those of the token that was used.
        act: what was done: `accept-offer`, `make-offer`, `offer`, `negotiate`.
    """

    key: str
    negotiation: str
    terms: str
    person: str
    name: str
    role: str
    act: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """A rule for agreeing (`services.agreeing.rule`), at its place: the first that fits decides."""

    id: str
    position: int
    rule: JsonObject
    created_at: str
    added_by: str
