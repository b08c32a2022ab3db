"""Where the data of a transfer can be had: the DataAddress of a TransferStartMessage."""

import secrets
from typing import Final

from connector.canonical import JsonObject

ENDPOINT_TYPE: Final = "https://w3id.org/idsa/v4.1/HTTP"
_TOKEN_BYTES: Final = 32


def data_address(public_url: str, transfer_id: str, *, bound: bool) -> JsonObject:
    """An address of ours with a fresh token, which is all that opens it.

    Args:
        public_url: where others reach us, without a slash at the end.
        transfer_id: our pid.
        bound: the token counts only with a proof of the consumer's key; otherwise it is a bearer token.
    """

    def entry(name: str, value: str) -> JsonObject:
        return {"@type": "EndpointProperty", "name": name, "value": value}

    return {
        "@type": "DataAddress",
        "endpointType": ENDPOINT_TYPE,
        "endpoint": f"{public_url}/data/{transfer_id}",
        "endpointProperties": [
            entry("authorization", secrets.token_urlsafe(_TOKEN_BYTES)),
            entry("authType", "DPoP" if bound else "bearer"),
        ],
    }


def token_of(address: JsonObject | None) -> tuple[str, bool]:
    """The token of an address that we made, and whether it is bound to the other side's key; empty without one."""
    found = {p["name"]: p["value"] for p in (address or {}).get("endpointProperties", [])}
    return found.get("authorization", ""), found.get("authType") == "DPoP"
