"""`mmd verify`: judge an evidence file offline, with nothing but the file and a key that the auditor trusts."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument, Option

from connector.cli.failures import CommandError
from connector.cli.session import Session
from connector.clock import SystemClock, format_time, parse_time
from connector.texts import say, texts

if TYPE_CHECKING:
    from connector.trust.anchors import TrustFile

UNJUDGED: Final = 2
"""The exit code of what cannot be judged: also when the trust file cannot be read, or there is no evidence file."""
_MARKS: Final = {
    "ok": ("✓", "green"),
    "failed": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "skipped": ("–", "dim"),
}
_COLOURS: Final = {0: "bold green", 1: "bold red", 2: "bold yellow"}
MAX_TRUST: Final = 1_000_000
"""The largest trust file that is read, in bytes."""


def command(
    session: Session,
    file: Annotated[Path, Argument(metavar="FILE", help="cli.verify.file")],
    trust: Annotated[str | None, Option("--trust", metavar="FILE|KEY", help="cli.verify.trust")] = None,
    at: Annotated[str | None, Option("--at", metavar="TIME", help="cli.verify.at")] = None,
) -> int | None:
    from connector.contracts.evidence import verify_evidence

    try:
        now = parse_time(at) if at else SystemClock().now()
    except ValueError:
        raise session.usage("not_a_time", option="--at", text=at) from None
    anchors = trust_from(session, trust) if trust else None
    if not file.is_file():
        raise CommandError(session.say("error.no_file", path=file), exit_code=UNJUDGED)
    with file.open("rb") as data:
        verdict = verify_evidence(data, trust=anchors, now=now)
    session.screen.result(verdict_json(verdict, session.lang, at=format_time(now)))
    _show(session, verdict)
    return int(verdict.exit_code)


def trust_from(session: Session, text: str) -> "TrustFile":
    """The authorities to believe: a trust file, a public key as JWK in a file, or a multibase key (`z…`).

    A bare key stands for an authority whatever its DID is.

    Raises:
        CommandError: none of these.
    """
    from connector.trust.errors import TrustError

    try:
        return _trust(session, text)
    except TrustError as error:
        raise CommandError(
            session.say("error.trust", trust=text, detail=str(error)), exit_code=UNJUDGED
        ) from None


def _trust(session: Session, text: str) -> "TrustFile":
    from connector.trust.anchors import parse_trust_file, trust_in_key
    from connector.trust.keys import public_key_from_jwk, public_key_from_multikey

    path = Path(text)
    if not path.is_file():
        if text.startswith("z"):
            return trust_in_key(public_key_from_multikey(text))
        raise CommandError(session.say("error.no_trust", trust=text), exit_code=UNJUDGED)
    with path.open("rb") as file:
        data = file.read(MAX_TRUST)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        word = data.decode("utf-8", "replace").strip()
        if word.startswith("z") and len(word.split()) == 1:
            return trust_in_key(public_key_from_multikey(word))
        raise CommandError(session.say("error.not_json", path=path), exit_code=UNJUDGED) from None
    if isinstance(document, dict) and "kty" in document:
        return trust_in_key(public_key_from_jwk(document))
    return parse_trust_file(document)


def verdict_json(verdict: Any, lang: str, *, at: str) -> dict[str, Any]:
    """The verdict for programs; codes beside the sentences."""
    return {
        "outcome": str(verdict.outcome),
        "summary": str(verdict.summary_code),
        "sentence": _sentence(str(verdict.summary_code), lang),
        "exitCode": int(verdict.exit_code),
        "judgedAt": at,
        "checks": [
            {
                "number": check.number,
                "id": check.id,
                "title": _sentence(check.title_key, lang),
                "verdict": str(check.verdict),
                "reason": _reason(check.reason, lang),
                "file": check.file,
            }
            for check in verdict.checks
        ],
        "facts": getattr(verdict, "facts", None),
    }


def _show(session: Session, verdict: Any) -> None:
    for check in verdict.checks:
        mark, colour = _MARKS.get(str(check.verdict), ("?", "yellow"))
        session.screen.line(f"{mark} {check.number:>2}  {_sentence(check.title_key, session.lang)}", colour)
        reason = _reason(check.reason, session.lang)
        if reason:
            where = f"  [{check.file}]" if check.file else ""
            session.screen.line(f"      {reason}{where}", "dim" if check.verdict == "ok" else None)
    session.screen.line()
    colour = _COLOURS.get(int(verdict.exit_code), "bold")
    session.screen.line(_sentence(str(verdict.summary_code), session.lang), colour)


def _sentence(key: str, lang: str) -> str:
    return say(key, lang) if key in texts(lang) else key


def _reason(reason: Any, lang: str) -> str:
    return _sentence(reason, lang) if isinstance(reason, str) else ""
