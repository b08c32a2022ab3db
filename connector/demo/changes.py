"""The single changes that step 8 makes to copies of the evidence file, and which check must catch each."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from connector.demo.parts import AGREEMENT, PROOF, STATEMENT, C, Json, P, Parts, R, canonical, load, refit, relink

PURPOSES: Final = "https://w3id.org/my-manufacturing-data/v1/purpose/"
H: Final = "notices/consumer/0001.json"
SENT: Final = "notices/provider/0001.json"
MEMBERSHIP: Final = "memberships/consumer.jwt"
_NAME: Final = "https://w3id.org/my-manufacturing-data/v1/name"


@dataclass(frozen=True)
class Material:
    """What the forger has besides the file: the file of another contract of the same parties, and names."""

    other: Parts
    consumer: str
    outsider: str


Edit = Callable[[Parts, Material], None]


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        id: its name, as in the texts.
        edit: the change itself, to one file (or the few that it takes).
        check: the check that must catch it when the forger then fits everything else to it.
        careless: the check that must catch it when he does not.
        relinks: whether fitting means to compute all digests anew; where honest signed parts are only mixed or dropped,
            that would spoil their signatures, and only the list of files is made anew.
    """

    id: str
    edit: Edit
    check: str
    careless: str = "manifest"
    relinks: bool = True

    def make_careless(self, parts: Parts, material: Material) -> Parts:
        """A copy with this change and nothing else."""
        changed = dict(parts)
        self.edit(changed, material)
        return changed

    def make_clever(self, parts: Parts, material: Material) -> Parts:
        """A copy with this change to which everything has been fitted that needs no key.

        The copies of the messages are left out: nobody has to show them, and they carry the signatures as they were.
        """
        changed = {name: data for name, data in parts.items() if not name.startswith("messages/")}
        self.edit(changed, material)
        if self.relinks:
            relink(changed)
        else:
            refit(changed)
        return changed


def _in(name: str, edit: Callable[[Json], object]) -> Edit:
    def change(parts: Parts, _: Material) -> None:
        document = load(parts, name)
        edit(document)
        parts[name] = canonical(document)

    return change


def _constraint(agreement: Json, operand: str) -> Json:
    constraints: list[Json] = agreement["permission"][0]["constraint"]
    return next(item for item in constraints if item["leftOperand"] == operand)


def _more_uses(agreement: Json) -> None:
    _constraint(agreement, "odrl:count")["rightOperand"] = "2000"


def _more_purposes(agreement: Json) -> None:
    _constraint(agreement, "odrl:purpose")["rightOperand"].append(PURPOSES + "research")


def _another_name(parts: Parts, material: Material) -> None:
    """The outsider's name in the place of the consumer's, in every file that is no credential of the authority."""
    for name, data in parts.items():
        if name.endswith(".json"):
            parts[name] = data.replace(material.consumer.encode(), material.outsider.encode())


def _spoil(document: Json) -> None:
    """One character of a signature."""
    value: str = document["proof"]["proofValue"]
    middle = len(value) // 2
    document["proof"]["proofValue"] = value[:middle] + ("2" if value[middle] != "2" else "3") + value[middle + 1 :]


def _another_log(receipt: Json) -> None:
    receipt["credentialSubject"]["logOrigin"] = "localhost:1/log"


def _fewer_bytes(notice: Json) -> None:
    notice["credentialSubject"]["content"] |= {"bytes": 1, "result": "broken", "ranges": [[0, 0]]}


def _another_root(parts: Parts, _: Material) -> None:
    """Another root hash in the signed checkpoint of the provider's log."""
    before, line, checkpoint = parts[PROOF].decode().partition("\n\n")
    lines = checkpoint.split("\n")
    root = bytearray(base64.b64decode(lines[2]))
    root[0] ^= 1
    lines[2] = base64.b64encode(root).decode()
    parts[PROOF] = (before + line + "\n".join(lines)).encode()


def _another_membership(parts: Parts, _: Material) -> None:
    """Another company's name in the authority's credential."""
    header, payload, signature = parts[MEMBERSHIP].decode().split(".")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["vc"]["credentialSubject"][_NAME] += " Trading"
    changed = base64.urlsafe_b64encode(canonical(claims)).decode().rstrip("=")
    parts[MEMBERSHIP] = f"{header}.{changed}.{signature}".encode()


def _drop_consumer(parts: Parts, _: Material) -> None:
    del parts[C]


def _mix(parts: Parts, material: Material) -> None:
    """The provider's offer to sign from one contract, everything that followed from another."""
    names = [name for name in material.other if name.startswith(("signatures/", "notices/", "log/"))]
    for name in [name for name in parts if name.startswith(("notices/", "log/"))]:
        del parts[name]
    parts |= {name: material.other[name] for name in names if name != P}


CHANGES: Final = (
    Change("count", _in(AGREEMENT, _more_uses), "provider"),
    Change("purpose", _in(AGREEMENT, _more_purposes), "provider"),
    Change("name", _another_name, "consumer"),
    Change("signature-p", _in(P, _spoil), "provider"),
    Change("signature-c", _in(C, _spoil), "consumer"),
    Change("signature-r", _in(R, _spoil), "receipt"),
    Change("signature-h", _in(H, _spoil), "notice-signatures"),
    Change("signature-statement", _in(STATEMENT, _spoil), "statement", careless="statement"),
    Change("receipt", _in(R, _another_log), "receipt"),
    Change("delivery", _in(SENT, _fewer_bytes), "notice-signatures"),
    Change("proof", _another_root, "log-proof"),
    Change("membership", _another_membership, "attribution"),
    Change("dropped", _drop_consumer, "signers", relinks=False),
    Change("mixed", _mix, "countersigns", relinks=False),
)
"""Count, purpose, a name, each signature, receipts, proof, membership, a dropped signature, two contracts mixed."""
