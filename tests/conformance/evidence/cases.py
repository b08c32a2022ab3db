"""Evidence files that both verifiers judge: good ones, unfinished ones, and every attack that our own tests know."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from connector.contracts.documents import SignerException
from connector.contracts.export import build_evidence
from connector.contracts.layout import message_file
from connector.contracts.statement import TakenUp
from connector.trust.anchors import TrustFile
from tests.connector.contracts import test_evidence_promises as promises
from tests.connector.contracts.test_evidence_attacks import ATTACKS, VARIANTS
from tests.support.annexes import AGREED, ANNEXED, CHANGED, REPORT, REPORT_FILE, REPORT_FILE_DIGEST, naming
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.erased import with_erased, with_row
from tests.support.witnesses import witnessed

WAYS: dict[str, dict[str, Any]] = {
    "whole": {},
    "log-goes-on": {"log_goes_on": "shown", "deliveries": 2},
    "log-goes-on-unshown": {"log_goes_on": "unshown"},
    "of-the-provider": {"exporter": "provider", "deliveries": 0},
    "not-confirmed": {"confirmed": False},
    "no-authority": {"authority": False},
    "foreign-offer": {"foreign_offer": "urn:uuid:1"},
    "suspended-and-lifted": {"more": (promises.SUSPENDED, promises.RESUMED)},
    "other-people": {"more": (promises.PROPOSED, promises.ACCEPTED)},
    "people-refused": {"more": (promises.PROPOSED, promises.REFUSED)},
    "deleted": {"more": (promises.deleted(0), promises.ACKNOWLEDGED)},
    "annexes": ANNEXED,
    "annexes-attached": {
        **ANNEXED,
        "offer": naming(report=REPORT_FILE_DIGEST),
        "annexes": (AGREED.to_json(), CHANGED.to_json()),
        "attached": (REPORT_FILE,),
    },
    "taken-up": {"taken_up": TakenUp("did:web:provider.example", "sha256:" + "5e" * 32)},
    "what-the-terms-name": {
        "offer": promises.OWING,
        "more": (promises.done(promises.REPORT), promises.ENDED),
        "edits": {"withdrawal": promises.content(effective="2027-01-30T00:00:00Z")},
    },
    **{
        f"end-{name}": {"offer": promises.ending(*parts), "more": (promises.ENDED,)}
        for name, parts in promises.ENDS.items()
    },
    "annexes-that-nobody-kept": {**ANNEXED, "offer": naming(report=REPORT), "annexes": (AGREED.to_json(),)},
    "shown-with-other-sentences": {"edits": {"C": promises.shown_with_other_sentences}},
    "shown-nothing": {"edits": {"P": promises.shown_nothing, "C": promises.shown_nothing}, "shown": ()},
    "excepted": {"exception": SignerException("did:web:consumer.example", "EDC")},
}
"""How a contract comes about that no attacker has touched."""


@dataclass(frozen=True)
class Case:
    """An evidence file, whom the auditor believes, and when it is judged."""

    name: str
    data: bytes
    trust: TrustFile | None
    at: datetime


def cases() -> Iterator[Case]:
    """All cases that are made in memory."""
    for name, way in WAYS.items():
        contract = build_contract(**way)
        yield Case(name, contract.evidence(), contract.members.trust(), VERIFIED_AT)
    contract = build_contract()
    data, trust = contract.evidence(), contract.members.trust()
    withheld = build_evidence(replace(contract.parts(), without_personal=True))
    yield Case("without-personal", withheld, trust, VERIFIED_AT)
    annexed = build_contract(**ANNEXED)
    yield Case("erased", with_erased(annexed, messages=(0,), annex=True), annexed.members.trust(), VERIFIED_AT)
    yield Case("all-erased", with_erased(annexed, messages=(0, 1)), annexed.members.trust(), VERIFIED_AT)
    row = {"bytes": 1, "digest": "sha256:" + "ab" * 32, "withheld": True, "erased": "soon"}
    yield Case("erased-at-no-time", with_row(contract, message_file(1), row), trust, VERIFIED_AT)
    left_out = build_evidence(replace(annexed.parts(), without_personal=True))
    yield Case("annexes-without-personal", left_out, annexed.members.trust(), VERIFIED_AT)
    seen = witnessed(build_contract())
    both, later = seen.members.trust(), VERIFIED_AT.replace(year=2028)
    for name, at in (("witnessed", VERIFIED_AT), ("witnessed-years-later", later)):
        yield Case(name, seen.evidence(), both, at)
    yield Case("nobody-believed", data, None, VERIFIED_AT)
    yield Case("years-later", data, trust, VERIFIED_AT.replace(year=2031))
    yield Case("a-clock-a-year-behind", data, trust, VERIFIED_AT.replace(year=2025))
    for name, attack in ATTACKS.items():
        made, members = attack()
        yield Case(f"attack-{name}", made, members.trust(), VERIFIED_AT)
    for name, (_, _, attack) in VARIANTS.items():
        made, members = attack()
        yield Case(f"variant-{name.replace(' ', '-')}", made, members.trust(), VERIFIED_AT)
    for name, (_, _, build) in promises.ATTACKS.items():
        liar = build()
        yield Case(f"promise-{name.replace(' ', '-')}", liar.evidence(), liar.members.trust(), VERIFIED_AT)
    yield from (Case(f"container-{name}", made, trust, VERIFIED_AT) for name, made in containers(data).items())
    yield from (
        Case(f"json-{name}", contract.repack(files), trust, VERIFIED_AT)
        for name, files in texts(contract.files()).items()
    )


def containers(data: bytes) -> dict[str, bytes]:
    """The same file in containers that can mean two things, or nothing."""
    return {
        "none": b"",
        "text": b"no zip at all",
        "prefix": b"#!" + data,
        "appended": data + b"\0",
        "cut-short": data[:-1],
        "comment": data[:-2] + b"\x01\x00x",
        "two-directories": data + data[-22:],
        "flipped": data[:200] + bytes([data[200] ^ 1]) + data[201:],
        **{name: _zip(data, added) for name, added in _ENTRIES.items()},
    }


_ENTRIES: dict[str, tuple[str, bytes, int]] = {
    "slip": ("../evil.json", b"{}", 0),
    "absolute": ("/etc/evil.json", b"{}", 0),
    "backslash": ("a\\b.json", b"{}", 0),
    "doubled": ("agreement.json", b"{}", 0),
    "doubled-in-other-letters": ("Agreement.json", b"{}", 0),
    "symbolic-link": ("messages/0099.json", b"/etc/passwd", 0o120777 << 16),
    "bomb": ("messages/0099.json", b"0" * 3_000_000, 0),
}
"""What an attacker adds: name, content, mode."""


def _zip(data: bytes, added: tuple[str, bytes, int]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
        name, content, mode = added
        info = zipfile.ZipInfo(name)
        info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, mode, 3
        info.filename = name
        new.NameToInfo.clear()  # or a doubled name would only be warned of
        new.writestr(info, content)
    return buffer.getvalue()


def texts(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """JSON that two programs may read differently, in the place of the agreement."""
    agreement = files["agreement.json"]
    changed = {
        "doubled-key": agreement[:-1] + b',"target":"urn:x"}',
        "fraction": agreement[:-1] + b',"x":1.5}',
        "exponent": agreement[:-1] + b',"x":1e3}',
        "beyond-2-53": agreement[:-1] + b',"x":9007199254740993}',
        "lone-surrogate": agreement[:-1] + b',"x":"\\ud800"}',
        "nested": agreement[:-1] + b',"x":' + b"[" * 70 + b"]" * 70 + b"}",
        "comma": agreement[:-1] + b",}",
        "not-utf-8": agreement[:-1] + b',"x":"\xff"}',
        "byte-order-mark": b"\xef\xbb\xbf" + agreement,
        "not-a-number": agreement[:-1] + b',"x":NaN}',
        "control-character": agreement[:-1] + b',"x":"\x01"}',
        "spaces": agreement.replace(b",", b" ,\n\t"),
    }
    return {name: {**files, "agreement.json": text} for name, text in changed.items()}
