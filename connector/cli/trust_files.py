"""Whom an auditor believes: what `--trust` names."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from connector.cli.failures import CommandError
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.trust.anchors import TrustFile

UNJUDGED: Final = 2
"""The exit code of what cannot be judged: also when the trust file cannot be read, or there is no evidence file."""
MAX_TRUST: Final = 1_000_000
"""The largest trust file that is read, in bytes."""


def trust_from(session: Session, text: str) -> "TrustFile":
    """The authorities to believe: a trust file, a public key as JWK in a file, or a multibase key (`z…`).

    A bare key stands for an authority whatever its DID is.

    Raises:
        CommandError: none of these.
    """
    from connector.trust.anchors import parse_trust_file, trust_in_key
    from connector.trust.errors import TrustError
    from connector.trust.keys import public_key_from_jwk, public_key_from_multikey

    given = _read(session, text)
    try:
        if isinstance(given, str):
            return trust_in_key(public_key_from_multikey(given))
        if "kty" in given:
            return trust_in_key(public_key_from_jwk(given))
        return parse_trust_file(given)
    except TrustError as error:
        sentence = session.say("error.trust", trust=text, detail=str(error).rstrip("."))
        raise CommandError(sentence, exit_code=UNJUDGED) from None


def _read(session: Session, text: str) -> dict[str, Any] | str:
    """The JSON object in a file, or a multibase key: given itself, or as the one word of a file."""
    path = Path(text)
    if not path.is_file():
        if text.startswith("z"):
            return text
        raise CommandError(session.say("error.no_trust", trust=text), exit_code=UNJUDGED)
    with path.open("rb") as file:
        content = file.read(MAX_TRUST).decode("utf-8", "replace").strip()
    if content.startswith("z") and len(content.split()) == 1:
        return content
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise CommandError(session.say("error.not_json", path=path), exit_code=UNJUDGED)
    return document
