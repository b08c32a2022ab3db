"""What an authority issues: the MembershipCredential, in both profiles, against proof that the asker holds its keys."""

from collections.abc import Sequence
from typing import Final

from connector.clock import parse_time
from connector.ports.records import Act, CredentialRequestRecord
from connector.services.errors import Unprocessable
from connector.services.identity import Identity
from connector.services.issuing import PATH
from connector.services.memberships import Memberships
from connector.trust.credentials import MEMBERSHIP
from connector.trust.issuance import MEMBERSHIP_REQUEST, CredentialContainer, CredentialObject, CredentialRequestMessage
from connector.trust.membership_claims import Says
from connector.trust.vc import PROFILES, Profile

SCHEMA: Final = "/schemas/membership.json"
"""Where the schema of what we issue is, below the Issuer Service."""
_NAMES: Final[dict[str, Profile]] = {
    "membership-vc11": PROFILES[0],
    "membership-vc20": PROFILES[1],
}


class Admission:
    """The product's `Issues`."""

    def __init__(self, identity: Identity, memberships: Memberships) -> None:
        self._me = identity
        self._memberships = memberships

    def objects(self) -> Sequence[CredentialObject]:
        """One object for each profile."""
        root = self._me.public_url + PATH
        return [
            CredentialObject(
                id=f"{root}/metadata#{name}",
                credential_type=MEMBERSHIP,
                profile=profile,
                credential_schema=root + SCHEMA,
                offer_reason="membership",
                binding_methods=("did:web",),
            )
            for name, profile in _NAMES.items()
        ]

    async def check(self, request: CredentialRequestMessage, did: str) -> str:
        """The name of the company that asks.

        Raises:
            Unprocessable: it does not show that it holds the keys that a membership binds.
        """
        if request.proof is None:
            raise Unprocessable(
                f"a {MEMBERSHIP} binds the keys for contracts and log: the request needs the property "
                f"{MEMBERSHIP_REQUEST}, by which you show that you hold them"
            )
        if request.proof.get("did") != did:
            raise Unprocessable("the membership request in the message is by somebody else than its sender")
        return (await self._memberships.check(request.proof)).name

    async def issue(
        self, request: CredentialRequestRecord, *, by: Act, says: Says | None = None
    ) -> Sequence[CredentialContainer]:
        """The memberships that were asked for; `says` as for `Memberships.issue`.

        Raises:
            Unprocessable: the asker's DID document has other keys by now.
        """
        profiles = {one.id: one.profile for one in self.objects()}
        wanted = [profile for profile in PROFILES if profile in {profiles.get(one) for one in request.objects}]
        issued = await self._memberships.issue(
            request.proof or {}, by=by, profiles=wanted, asked_at=parse_time(request.created_at), says=says
        )
        return [CredentialContainer(MEMBERSHIP, profile, jwt) for profile, jwt in issued.credentials.items()]
