"""Where a participant takes notices, checkpoints and questions about logs: the place that its DID document names."""

from connector.services.authenticate import Authenticator
from connector.services.errors import NotFound
from connector.services.hints import SERVICE


async def notice_place(authenticator: Authenticator, did: str) -> str:
    """The address, without a slash at its end.

    Raises:
        NotFound: the document names none: a connector of another make.
        PeerUnreachable, TrustError: the document cannot be had, or not be read.
    """
    services = (await authenticator.resolve(did)).services(SERVICE)
    if not services:
        raise NotFound(f"the DID document of {did} names no place for notices")
    return services[0].endpoint.rstrip("/")
