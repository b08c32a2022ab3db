"""Who must have cosigned: a witness policy as a file (C2SP `tlog-policy`), which goes with the evidence.

The file names logs, witnesses and groups of them, and one quorum. It is read as ASCII lines; names are compared as they
stand. At most 32 logs, 32 witnesses and 32 groups are read.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connector.audit.errors import PolicyFileError

MAX_POLICY: Final = 64 * 1024
"""The largest policy that is read, in bytes."""
MAX_EACH: Final = 32
NONE: Final = "none"
_LOG_TYPE: Final = 1
_COSIGNER_TYPE: Final = 4
_RAW: Final = 32
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A verifier key of a signed note, taken apart: name, four bytes of key id, Ed25519 public bytes."""

    name: str
    key_id: bytes
    public_raw: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """At least `needed` of `members`, each a witness or a group."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """The policy: which logs, which witnesses by their name in the file, which groups, and the quorum."""

    logs: tuple[VerifierKey, ...] = ()
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def satisfied(self, cosigned: Collection[str]) -> bool:
        """Whether cosignatures by these witnesses (their names in the file) are enough."""
        return self.quorum == NONE or self._holds(self.quorum, cosigned)

    def _holds(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._holds(member, cosigned) for member in group.members) >= group.needed


def parse_policy(text: str) -> WitnessPolicy:
    """Read a policy file.

    Raises:
        PolicyFileError: malformed; the sentence names the line.
    """
    if len(text) > MAX_POLICY or _CONTROL.search(text):
        raise PolicyFileError(f"a policy is a text of at most {MAX_POLICY:,} bytes without control characters")
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reading.take(words)
        except PolicyFileError as error:
            raise PolicyFileError(f"line {number}: {error}") from None
    if reading.quorum is None:
        raise PolicyFileError("there is no quorum line")
    return WitnessPolicy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


def write_policy(logs: Sequence[str], witnesses: Mapping[str, str], groups: Mapping[str, Group], quorum: str) -> str:
    """The file of a policy; logs and witnesses by their verifier keys. Groups stand before those that name them."""
    lines = [f"log {key}" for key in logs]
    lines += [f"witness {name} {key}" for name, key in witnesses.items()]
    lines += [f"group {name} {group.needed} {' '.join(group.members)}" for name, group in groups.items()]
    return "\n".join([*lines, f"quorum {quorum}", ""])


def parse_vkey(text: str, kind: int) -> VerifierKey:
    """Take a verifier key apart.

    Args:
        text: `<name>+<key id>+<base64 of type and key>`.
        kind: the signature type that is expected: 1 for a log, 4 for a witness.

    Raises:
        PolicyFileError: malformed, of another type, or with a key id that is not its own.
    """
    name, _, rest = text.partition("+")
    key_id, _, material = rest.partition("+")
    try:
        data = base64.b64decode(material, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not name or len(data) != 1 + _RAW or data[0] != kind:
        raise PolicyFileError(f"{text[:80]!r} is no Ed25519 verifier key of type {kind}")
    expected = hashlib.sha256(name.encode("utf-8") + b"\n" + data).digest()[:4]
    if key_id != expected.hex():
        raise PolicyFileError(f"the key id of {name[:80]!r} is not that of its key")
    return VerifierKey(name, expected, data[1:])


class _Reading:
    """What was read so far; each definition only names what stands before it."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._used: set[str] = set()

    def take(self, words: list[str]) -> None:
        kind, *rest = words
        takers = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        if kind not in takers:
            raise PolicyFileError(f"{kind[:40]!r} is no definition; log, witness, group and quorum are")
        takers[kind](rest)

    def _log(self, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise PolicyFileError("a log has a verifier key, and may have an address")
        key = parse_vkey(words[0], _LOG_TYPE)
        if len(self.logs) == MAX_EACH or any(known.public_raw == key.public_raw for known in self.logs):
            raise PolicyFileError(f"each log stands once, and at most {MAX_EACH} do")
        self.logs.append(key)

    def _witness(self, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise PolicyFileError("a witness has a name and a verifier key, and may have an address")
        key = parse_vkey(words[1], _COSIGNER_TYPE)
        self._new(words[0], self.witnesses)
        if any(known.public_raw == key.public_raw for known in self.witnesses.values()):
            raise PolicyFileError("each witness stands once")
        self.witnesses[words[0]] = key

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:  # noqa: PLR2004 - name, number and a member
            raise PolicyFileError("a group has a name, a number and members")
        name, number, *members = words
        self._new(name, self.groups)
        if len(set(members)) != len(members) or self._used & set(members):
            raise PolicyFileError("each name can be a member once")
        if not all(member in self.witnesses or member in self.groups for member in members):
            raise PolicyFileError("a member is a witness or group that is defined before")
        named = {"all": len(members), "any": 1}
        plain = number.isascii() and number.isdigit() and len(number) < 4  # noqa: PLR2004
        needed = named.get(number, int(number) if plain else 0)
        if not 1 <= needed <= len(members):
            raise PolicyFileError(f"the number of a group is all, any, or from 1 to {len(members)}")
        self._used |= set(members)
        self.groups[name] = Group(needed, tuple(members))

    def _quorum(self, words: list[str]) -> None:
        if self.quorum is not None or len(words) != 1:
            raise PolicyFileError("there is one quorum, with one name")
        if words[0] != NONE and words[0] not in self.witnesses and words[0] not in self.groups:
            raise PolicyFileError("the quorum is a witness or group that is defined before, or none")
        self.quorum = words[0]

    def _new(self, name: str, among: Mapping[str, object]) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise PolicyFileError(f"the name {name[:80]!r} is taken")
        if len(among) == MAX_EACH:
            raise PolicyFileError(f"at most {MAX_EACH} are read")
