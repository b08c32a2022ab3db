"""What the connector has to do in each case of the kit, which cannot tell it: a script by data set or agreement.

A line is a state and what is done in it; lines are played in order, the next one when its state is reached and nothing of
ours is pending. Whatever has no line is left as it is. The ids are those of the kit's own sample.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from connector.protocol.formats import PULL
from connector.protocol.negotiation import NegotiationState
from connector.protocol.transfer import TransferState

KIT: Final = "TCK_PARTICIPANT"
"""How the kit names itself; it proves nothing."""


class Do(Enum):
    """What one line does."""

    OFFER = "send another offer, as either side"
    ACCEPT = "accept the provider's offer"
    AGREE = "send the agreement"
    GO = "send what is due: verification or finalization"
    START = "start the transfer"
    SUSPEND = "suspend it"
    RESUME = "start it again"
    COMPLETE = "say that it is done"
    TERMINATE = "end it"


@dataclass(frozen=True)
class Line:
    """In this state do that."""

    when: NegotiationState | TransferState
    do: Do


_N, _T = NegotiationState, TransferState
_OFFER, _AGREE = Line(_N.REQUESTED, Do.OFFER), Line(_N.REQUESTED, Do.AGREE)
_FINALIZE = Line(_N.VERIFIED, Do.GO)
_ACCEPT, _VERIFY = Line(_N.OFFERED, Do.ACCEPT), Line(_N.AGREED, Do.GO)
_START, _SUSPEND, _RESUME = Line(_T.REQUESTED, Do.START), Line(_T.STARTED, Do.SUSPEND), Line(_T.SUSPENDED, Do.RESUME)
_COMPLETE = Line(_T.STARTED, Do.COMPLETE)
Script = tuple[Line, ...]

AS_PROVIDER: Final[dict[str, Script]] = {
    "ACN0101": (_OFFER,),
    "ACN0102": (_OFFER, Line(_N.REQUESTED, Do.TERMINATE)),
    "ACN0103": (_OFFER, Line(_N.ACCEPTED, Do.AGREE), _FINALIZE),
    "ACN0104": (_AGREE, _FINALIZE),
    "ACN0201": (Line(_N.REQUESTED, Do.TERMINATE),),
    "ACN0202": (),
    "ACN0203": (_AGREE,),
    "ACN0204": (_OFFER,),
    "ACN0205": (_OFFER, Line(_N.OFFERED, Do.TERMINATE)),
    "ACN0206": (_OFFER, Line(_N.ACCEPTED, Do.TERMINATE)),
    "ACN0207": (_AGREE, Line(_N.VERIFIED, Do.TERMINATE)),
    "ACN0301": (_AGREE, _FINALIZE),
    "ACN0302": (_OFFER,),
    "ACN0303": (_OFFER,),
    "ACN0304": (_OFFER,),
}
"""Negotiations that the kit begins, by data set."""

AS_CONSUMER: Final[dict[str, Script]] = {
    "ACNC0101": (_ACCEPT, _VERIFY),
    "ACNC0102": (Line(_N.OFFERED, Do.OFFER),),
    "ACNC0103": (Line(_N.OFFERED, Do.TERMINATE),),
    "ACNC0104": (_VERIFY,),
    "ACNC0201": (),
    "ACNC0202": (Line(_N.REQUESTED, Do.TERMINATE),),
    "ACNC0203": (Line(_N.AGREED, Do.TERMINATE),),
    "ACNC0204": (),
    "ACNC0205": (_ACCEPT,),
    "ACNC0206": (_VERIFY,),
    "ACNC0301": (),
    "ACNC0302": (),
    "ACNC0303": (),
    "ACNC0304": (_ACCEPT,),
    "ACNC0305": (_ACCEPT,),
    "ACNC0306": (_ACCEPT,),
}
"""Negotiations that we begin when the kit says so, by data set."""

SENDING: Final[dict[str, Script]] = {
    "ATP0101": (_START, Line(_T.STARTED, Do.TERMINATE)),
    "ATP0102": (_START, _COMPLETE),
    "ATP0103": (_START, _SUSPEND, Line(_T.SUSPENDED, Do.TERMINATE)),
    "ATP0104": (_START, _SUSPEND, _RESUME, _COMPLETE),
    "ATP0105": (Line(_T.REQUESTED, Do.TERMINATE),),
    "ATP0201": (_START,),
    "ATP0202": (_START,),
    "ATP0203": (_START,),
    "ATP0204": (_START,),
    "ATP0205": (),
    "ATP0301": (),
    "ATP0302": (),
    "ATP0303": (_START,),
    "ATP0304": (_START,),
    "ATP0305": (_START,),
    "ATP0306": (_START,),
}
"""Transfers that the kit asks for, by agreement."""

RECEIVING: Final[dict[str, Script]] = {
    **{f"ATPC01{number:02}": () for number in range(1, 6)},
    "ATPC0201": (Line(_T.STARTED, Do.TERMINATE),),
    "ATPC0202": (_COMPLETE,),
    "ATPC0203": (_SUSPEND, Line(_T.SUSPENDED, Do.TERMINATE)),
    "ATPC0204": (_SUSPEND, _RESUME, _COMPLETE),
    "ATPC0205": (Line(_T.REQUESTED, Do.TERMINATE),),
    **{f"ATPC03{number:02}": () for number in range(1, 7)},
}
"""Transfers that we ask for when the kit says so, by agreement."""

IN_THE_CATALOG: Final = ("CAT0101", "CAT0102")
NOT_IN_THE_CATALOG: Final = "CAT0103"


def offer_id(dataset: str) -> str:
    """The id of the offer on a data set; one of them is written into the kit."""
    return f"CD123:{dataset}:456"


def properties() -> dict[str, str]:
    """Which id each case of the kit is to use: the case's name, in capitals, and the field's."""
    found = {
        "CAT_01_01_DATASETID": IN_THE_CATALOG[0],
        "CAT_01_02_DATASETID": IN_THE_CATALOG[1],
        "CAT_01_03_DATASETID": NOT_IN_THE_CATALOG,
    }
    for case, dataset in _cases("CN", "ACN", AS_PROVIDER) | _cases("CN_C", "ACNC", AS_CONSUMER):
        found[f"{case}_DATASETID"] = dataset
        found[f"{case}_OFFERID"] = offer_id(dataset)
    for case, agreement in _cases("TP", "ATP", SENDING) | _cases("TP_C", "ATPC", RECEIVING):
        found[f"{case}_AGREEMENTID"] = agreement
        found[f"{case}_FORMAT"] = PULL
    return found


def _cases(case: str, prefix: str, scripts: dict[str, Script]) -> set[tuple[str, str]]:
    numbers = {name: name.removeprefix(prefix) for name in scripts}
    return {(f"{case}_{number[:2]}_{number[2:]}", name) for name, number in numbers.items()}
