"""What has to be asked while a sender is authenticated, and who he turns out to be.

Whoever runs the generators of `verify` and `believing` answers: from memory where something fresh is known and from the
network otherwise. An answer that does not hold is thrown in; one that cannot be had is raised past.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from connector.trust.credentials import Membership
from connector.trust.did import DidDocument
from connector.trust.errors import DidError
from connector.trust.status import StatusList
from connector.trust.tokens import IdToken
from connector.trust.vc import Credential

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResolveDid:
    """Answer: the DidDocument of this DID. `fresh` asks past any cache, since a key was not found in a cached one."""

    did: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class UseTokenOnce:
    """Answer: True when this issuer's `jti` was not used before; from now on it is, at least until `expires_at`."""

    issuer: str
    jti: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KnownMembership:
    """Answer: the Membership that this DID showed lately and that was verified then; None to ask again."""

    did: str


@dataclass(frozen=True, slots=True)
class QueryPresentations:
    """Answer: the presentations (JWT) that the Credential Service at `endpoint` gives for these scopes.

    `id_token` is our own Self-Issued ID token for the query, when `authenticate` was given a key to make it; it holds
    `access_token`.
    """

    did: str
    endpoint: str
    access_token: str
    scopes: tuple[str, ...]
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class FetchStatusList:
    """Answer: the StatusList that lies at this URL, verified as this issuer's (`verify_status_list`).

    Raise StatusInvalid into it when what lies there is none of his, or older than one that was seen. `unsigned` allows
    one that nobody signed (`read_plain_list`), where no signed one is to be had.
    """

    url: str
    issuer: str
    unsigned: bool = False


@dataclass(frozen=True, slots=True)
class FetchSchema:
    """Answer: the JSON document at this URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Participant:
    """Who sends: authenticated, and a member if that was demanded.

    Attributes:
        did: the sender.
        document: the DID document by which he was authenticated.
        membership: his verified membership; None when none was demanded.
        token: the token that he showed.
        credential: a membership that binds no keys, where that is put up with; `membership` is then None.
        lapses: what had to be put up with in this request (`connector.trust.lapses`).
        further: verified credentials of other types that were asked for; empty too when nothing was asked, because the
            membership was shown lately.
    """

    did: str
    document: DidDocument
    membership: Membership | None
    token: IdToken | None = None
    credential: Credential | None = None
    lapses: frozenset[str] = frozenset()
    further: tuple[Credential, ...] = ()


Question: TypeAlias = ResolveDid | UseTokenOnce | KnownMembership | QueryPresentations | FetchStatusList | FetchSchema
Answer: TypeAlias = DidDocument | bool | Membership | list[str] | StatusList | dict[str, Any] | None
Asking: TypeAlias = Generator[Question, Answer, T]


def resolved(did: str, *, fresh: bool = False) -> Asking[DidDocument]:
    """Ask for the document of a DID.

    Raises:
        DidError: another one's was given.
    """
    document = expect((yield ResolveDid(did, fresh)), DidDocument)
    if document.did != did:
        raise DidError(f"the document of {document.did} was given for {did}")
    return document


def expect(answer: object, kind: type[T]) -> T:
    """An answer, which must be of this kind.

    Raises:
        TypeError: it is not: our own mistake.
    """
    if not isinstance(answer, kind):
        raise TypeError(f"the question was answered by a {type(answer).__name__} instead of a {kind.__name__}")
    return answer
