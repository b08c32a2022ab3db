"""`mmd gaiax`: who the company is for Gaia-X, its credentials as one file, and the judgement of others'."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument, Option

from connector.cli.failures import CommandError
from connector.cli.session import Session
from connector.cli.trust_files import UNJUDGED
from connector.clock import SystemClock, parse_time

if TYPE_CHECKING:
    from connector.trust.gaiax_checks import Verdict

_MARKS: Final = {"ok": ("✓", "green"), "failed": ("✗", "red"), "unknown": ("?", "yellow")}
_EXITS: Final = {"verified": 0, "false": 1, "undetermined": UNJUDGED}
_MAX_FILE: Final = 20_000_000


def company(
    session: Session,
    *,
    legal_name: Annotated[str, Option("--legal-name", metavar="NAME", help="cli.gaiax.legal_name")],
    kind: Annotated[str, Option("--registration", metavar="lei|vat|tax|local", help="cli.gaiax.kind")],
    number: Annotated[str, Option("--number", metavar="NUMBER", help="cli.gaiax.number")],
    country: Annotated[str, Option("--country", metavar="KR", help="cli.gaiax.country")] = "KR",
    country_name: Annotated[str | None, Option("--country-name", metavar="NAME", help="cli.gaiax.address")] = None,
    street: Annotated[str | None, Option("--street", metavar="TEXT", help="cli.gaiax.address")] = None,
    locality: Annotated[str | None, Option("--locality", metavar="TEXT", help="cli.gaiax.address")] = None,
    postal_code: Annotated[str | None, Option("--postal-code", metavar="TEXT", help="cli.gaiax.address")] = None,
) -> int | None:
    from catalog.errors import CatalogRoomError
    from catalog.exports.gaiax import Company
    from connector.opening import COMPANY_FILE

    try:
        made = Company(
            legal_name=legal_name,
            registration_kind=kind,
            registration_number=number,
            country=country,
            country_name=country_name,
            street=street,
            locality=locality,
            postal_code=postal_code,
        )
    except CatalogRoomError as error:
        raise CommandError(str(error), exit_code=2) from None
    file = session.initialised() / COMPANY_FILE
    file.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n", "utf-8")
    session.screen.result({"file": str(file), "company": asdict(made)})
    session.screen.line(session.say("gaiax.company_written", file=file), "green")
    session.screen.note(session.say("gaiax.company_next"), "dim")
    return None


def export(
    session: Session,
    *,
    output: Annotated[Path, Option("--output", "-o", metavar="FILE", help="cli.gaiax.output")] = Path("gaiax.json"),
) -> int | None:
    with session.client() as client:
        snapshot = client.gaiax_export()
    output.write_text(json.dumps(snapshot, ensure_ascii=False, indent=1) + "\n", "utf-8")
    session.screen.result({"file": str(output), "fetchedAt": snapshot["fetchedAt"]})
    session.screen.line(session.say("gaiax.exported", file=output), "green")
    return None


def verify(
    session: Session,
    what: Annotated[str, Argument(metavar="FILE|DID", help="cli.gaiax.what")],
    anchors: Annotated[Path | None, Option("--anchors", metavar="FILE", help="cli.gaiax.anchors")] = None,
    at: Annotated[str | None, Option("--at", metavar="TIME", help="cli.verify.at")] = None,
    *,
    laboratory: Annotated[bool, Option("--laboratory", help="cli.gaiax.laboratory")] = False,
) -> int | None:
    if what.startswith("did:"):
        with session.client() as client:
            found = client.gaiax_verify(what)
        outcome, checks = str(found["outcome"]), found["checks"]
    else:
        verdict = _judge_file(session, Path(what), anchors, at, laboratory=laboratory)
        outcome, checks = verdict.outcome, [asdict(finding) for finding in verdict.findings]
    session.screen.result({"outcome": outcome, "checks": checks})
    for check in checks:
        mark, colour = _MARKS[check["outcome"]]
        session.screen.line(f"{mark} {check['number']}  {session.say('gaiax.check_' + check['id'])}", colour)
        if check["reason"]:
            session.screen.line(f"     {check['reason']}")
    session.screen.line()
    session.screen.line(session.say(f"gaiax.{outcome}"), {"verified": "bold green", "false": "bold red"}.get(outcome))
    return _EXITS[outcome]


def _judge_file(session: Session, file: Path, anchors: Path | None, at: str | None, *, laboratory: bool) -> "Verdict":
    from catalog.exports.gaiax_shapes import shape_problems
    from connector.canonical import CanonicalError, parse_json
    from connector.services.errors import ServiceError
    from connector.services.gaiax import read_snapshot
    from connector.trust.certificates import read_certificates
    from connector.trust.errors import TrustError
    from connector.trust.gaiax_checks import judge_bundle

    try:
        now = parse_time(at) if at else SystemClock().now()
    except ValueError:
        raise session.usage("not_a_time", option="--at", text=at) from None
    try:
        believed = read_certificates(anchors.read_bytes()) if anchors is not None else ()
        data: Any = parse_json(file.read_bytes(), max_bytes=_MAX_FILE)
        bundle, snapshot = read_snapshot(data if isinstance(data, dict) else {}, believed)
    except (OSError, CanonicalError, ServiceError, TrustError) as error:
        raise CommandError(session.say("gaiax.unreadable", file=file, detail=error), exit_code=UNJUDGED) from None
    return judge_bundle(bundle, snapshot, now=now, shapes=shape_problems, laboratory=laboratory)


VERBS = {"company": company, "export": export, "verify": verify}
