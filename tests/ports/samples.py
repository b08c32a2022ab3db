"""Records of every kind: with everything in them, or with only what must be there."""

import dataclasses
import types
from enum import StrEnum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from connector.ports import desk, records
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess

KINDS: Final[dict[str, tuple[type[Any], str]]] = {
    "negotiations": (ContractNegotiation, "id"),
    "transfers": (TransferProcess, "id"),
    "answered": (records.Answered, "key"),
    "timers": (records.Timer, "key"),
    "last_applied": (records.LastApplied, "process"),
    "outbox": (records.OutboxRow, "number"),
    "messages": (records.MessageRecord, "number"),
    "contracts": (records.ContractRecord, "id"),
    "notices": (records.NoticeRecord, "key"),
    "duties": (records.DutyRecord, "key"),
    "people_lists": (records.PeopleRecord, "digest"),
    "deliveries": (records.DeliveryRecord, "id"),
    "datasets": (records.DatasetRecord, "id"),
    "offers": (records.OfferRecord, "id"),
    "consents": (records.ConsentRecord, "digest"),
    "decisions": (records.DecisionRecord, "key"),
    "uploads": (records.UploadRecord, "id"),
    "peers": (records.PeerRecord, "did"),
    "checkpoints": (records.SeenCheckpoint, "key"),
    "witnessed": (records.WitnessedLog, "origin"),
    "cosigned": (records.CosignedCheckpoint, "key"),
    "memberships": (records.MembershipRecord, "digest"),
    "presented": (records.PresentedRecord, "digest"),
    "members": (records.MemberRecord, "did"),
    "issued": (records.IssuedRecord, "status_index"),
    "asked": (records.AskedRecord, "id"),
    "credentials": (records.HeldCredential, "digest"),
    "credential_requests": (records.CredentialRequestRecord, "id"),
    "status_lists": (records.StatusListRecord, "key"),
    "anchor_lists": (records.AnchorListRecord, "key"),
    "named_lists": (records.NamedListRecord, "digest"),
    "attached": (records.AttachedRecord, "key"),
    "shown_texts": (records.ShownTextRecord, "digest"),
    "lost_keys": (records.LostKeyRecord, "key"),
    "waiting": (desk.WaitingRecord, "negotiation"),
    "approvals": (desk.ApprovalRecord, "key"),
    "rules": (desk.RuleRecord, "id"),
    "acts": (records.Act, "number"),
    "free_space": (records.FreeSpace, "key"),
    "epochs": (records.LogEpochRecord, "origin"),
}
"""Attribute of the unit of work: the record that it keeps, and its key."""


def sample(record: type[Any], number: int, /, *, sparse: bool = False, **replaced: Any) -> Any:
    """A record; another number gives one that differs in everything. Sparse: without what may be absent."""
    hints = get_type_hints(record)
    values = {
        field.name: _value(field.name, hints[field.name], number)
        for field in dataclasses.fields(record)
        if field.name != "number" and not (sparse and _optional(hints[field.name]))
    }
    if sparse:
        values |= {field.name: None for field in dataclasses.fields(record) if _required_but_optional(field, hints)}
    return record(**{**values, **replaced})


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _required_but_optional(field: Any, hints: dict[str, Any]) -> bool:
    return _optional(hints[field.name]) and field.default is dataclasses.MISSING


def _value(name: str, hint: Any, number: int) -> Any:
    if _optional(hint):
        hint = next(option for option in get_args(hint) if option is not type(None))
    if hint is Any or get_origin(hint) is dict:
        return {
            "name": name,
            "number": number,
            "이름": ["건조", None, 2**53 - 1, {"deep": [True, False]}],
            "": "\x00'\"",
        }
    if get_origin(hint) is list:
        return [f"{name} {number}", "또"]
    if get_origin(hint) is tuple:
        return (f"{name} {number}", "second")
    if issubclass(hint, StrEnum):
        return list(hint)[number % len(hint)]
    plain: dict[type, Any] = {
        str: f"{name} {number} 'quoted' 가",
        int: 5_000_000_000 + number,  # a file's size does not fit 32 bits
        bool: number % 2 == 0,
        bytes: bytes([0, 255, number % 256]),
    }
    return plain[hint]
