"""The ways in which the kit's release errs against DCP 1.0, taken back on the line. Injected here, and nowhere in the product.

The connector under test stays as strict as it is. What stands between it and the kit says what 1.0.2 says:

* DID documents get the verification relationships that they lack.
* A presentation, its credentials and status lists get the form that the standard asks for. What was signed is verified
  with the kit's key first; then the same words in the right form are signed with a key of the translator, which stands
  beside the kit's own in the document. What does not verify is passed on as it is.
* The kit's memberships bind no keys: they get two.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connector.clock import Clock, format_time
from connector.ports.network import Fetching, PeerAnswer
from connector.trust.credentials import MMD
from connector.trust.did import RELATIONSHIPS, DidDocument
from connector.trust.errors import TrustError
from connector.trust.jws import decode_jws, sign_jws
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.vc import PROFILES
from connector.trust.vc11 import CREDENTIALS_CONTEXT
from connector.trust.vc_jwt import sign_credential

Json = dict[str, Any]
_FRAGMENT: Final = "#translated"


class Lenient:
    """The way to the kit: the port `Fetching` over another one."""

    def __init__(self, network: Fetching, clock: Clock) -> None:
        self._network = network
        self._clock = clock
        self._key = generate_p256()
        self._bound = generate_ed25519().public.multikey(), generate_ed25519().public.multikey()

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        answer = await self._network.post(url, body, token)
        if answer.status == 200 and url.endswith("/presentations/query"):
            data = json.loads(answer.body)
            data["presentation"] = [await self._presentation(one) for one in data.get("presentation") or []]
            return replace(answer, body=json.dumps(data).encode())
        return answer

    async def get(
        self, url: str, token: str | None = None, *, accept: str | None = None, etag: str | None = None
    ) -> PeerAnswer:
        answer = await self._network.get(url, token, accept=accept, etag=etag)
        if answer.status != 200:
            return answer
        if url.endswith("/did.json"):
            return replace(answer, body=json.dumps(self._document(json.loads(answer.body))).encode())
        if "/statuslist" in url:
            return replace(answer, body=self._status_list(json.loads(answer.body), url).encode())
        return answer

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        return await self._network.fetch(url, token, body, known=known)

    def _document(self, document: Json) -> Json:
        did = document["id"]
        ours = {
            "id": did + _FRAGMENT,
            "type": "JsonWebKey2020",
            "controller": did,
            "publicKeyJwk": self._key.public.jwk(),
        }
        methods = document["verificationMethod"]
        related = [method["id"] for method in methods]
        missing: Json = {name: [*related, ours["id"]] for name in RELATIONSHIPS if not document.get(name)}
        return {**document, "verificationMethod": [*methods, ours], **missing}

    async def _presentation(self, jwt: str) -> str:
        claims = await self._verified(jwt)
        if claims is None or "vp" not in claims:
            return jwt
        vp = claims["vp"]
        inside = [await self._credential(one) for one in _list(vp.get("verifiableCredential"))]
        form = {"@context": [CREDENTIALS_CONTEXT], "type": ["VerifiablePresentation"], "verifiableCredential": inside}
        return sign_jws({**claims, "vp": form}, self._signer(claims["iss"]))

    async def _credential(self, jwt: str) -> str:
        claims = await self._verified(jwt)
        if claims is None or "vc" not in claims:
            return jwt
        vc = {name: value for name, value in claims["vc"].items() if value is not None}
        issuer = claims["iss"]
        subject = dict(vc.get("credentialSubject") or {})
        types = _list(vc.get("type"))
        if "MembershipCredential" in types:
            contract, log = self._bound
            terms = {"memberOf": issuer, "name": "Kit", "contractKey": contract, "logKey": log, "logOrigin": "kit/log"}
            subject |= {MMD + name: value for name, value in terms.items()}
        form = {
            **vc,
            "@context": [CREDENTIALS_CONTEXT],
            "type": ["VerifiableCredential", *(one for one in types if one != "VerifiableCredential")],
            "issuer": issuer,
            "credentialSubject": subject,
        }
        # A membership has an end here; where the kit gives none, a day after its beginning is as good.
        begin = max(self._clock.now(), _moment(form.get("issuanceDate")) or self._clock.now())
        form.setdefault("expirationDate", format_time(begin + timedelta(days=1)))
        named = {"sub": subject["id"], "exp": claims.get("exp") or _seconds(form["expirationDate"])}
        return sign_jws({**claims, "jti": vc.get("id", claims.get("jti")), **named, "vc": form}, self._signer(issuer))

    def _status_list(self, document: Json, url: str) -> str:
        issuer = document.get("issuer") or document.get("vc", {}).get("issuer")
        issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
        profile = PROFILES["Bitstring" in json.dumps(document.get("type"))]
        older = profile == PROFILES[0]
        now = self._clock.now()
        begin, end = ("issuanceDate", "expirationDate") if older else ("validFrom", "validUntil")
        form = {
            "@context": [CREDENTIALS_CONTEXT if older else "https://www.w3.org/ns/credentials/v2"],
            "id": url,
            "type": ["VerifiableCredential", "StatusList2021Credential" if older else "BitstringStatusListCredential"],
            "issuer": issuer,
            begin: format_time(now),
            end: format_time(now + timedelta(days=1)),
            "credentialSubject": {**document["credentialSubject"], "id": url + "#list"},
        }
        return sign_credential(form, self._signer(str(issuer)), profile)

    async def _verified(self, jwt: str) -> Json | None:
        """The claims, if the kit's own key has signed them."""
        try:
            jws = decode_jws(jwt)
            did = str(jws.payload["iss"])
            host, *path = did.removeprefix("did:web:").replace("%3A", "\0").split(":")
            url = f"http://{host.replace(chr(0), ':')}/{'/'.join(path) or '.well-known'}/did.json"
            document = DidDocument.parse(json.loads((await self.get(url)).body), did)
            jws.verify(document.sole_key() if jws.kid is None else document.key(jws.kid, "assertionMethod"))
        except (TrustError, KeyError):
            return None
        return jws.payload

    def _signer(self, did: str) -> SigningKey:
        return SigningKey(self._key, did + _FRAGMENT)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) else None


def _seconds(text: Any) -> int:
    moment = _moment(text)
    return int(text if moment is None else moment.timestamp())
