"""The kit knows no identities: it shows no token, and looks at none. Injected here, and nowhere in the product."""

from connector.services.authenticate import Authenticator
from connector.trust.did import DidDocument
from connector.trust.verify import Participant
from tests.conformance.dsp.scripts import KIT

DOCUMENT = DidDocument.parse({"id": KIT}, KIT)


class OneCaller(Authenticator):
    """Whoever calls is the kit."""

    async def authenticate(self, header: str | None, *, demand_membership: bool = True) -> Participant:
        """The kit, without a membership: it is excepted from signing."""
        return Participant(did=KIT, document=DOCUMENT, membership=None)

    async def resolve(self, did: str, *, fresh: bool = False) -> DidDocument:
        """A document without keys."""
        return DidDocument.parse({"id": did}, did)

    def bearer(self, audience: str, *, access_token: str | None = None) -> str:
        """The kit does not look at it."""
        return "nobody-looks-at-this"
