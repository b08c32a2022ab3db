"""Clauses about money and other returns: 16-21 of the list. Amounts are exact decimals; the won has no fraction."""

from typing import Final

from policies.clauses.model import Blank, Clause, Kind, Slot
from policies.vocabulary import MMD

_AMOUNT: Final = (Blank("amount", Kind.AMOUNT), Blank("currency", Kind.CURRENCY))
_PAY: Final = Slot("payAmount", ("eq",), "amount", unit="currency")
_CURRENCY: Final = Slot(MMD + "currency", ("eq",), "currency")
_DUE: Final = Slot(MMD + "dueWithin", ("lteq",), "due")
_PERIOD: Final = Slot(MMD + "billingPeriod", ("eq",), "period")


def _model(word: str) -> Slot:
    return Slot(MMD + "paymentModel", ("eq",), fixed=word)


MONEY: Final = (
    Clause(
        id="lump-sum", item=16, enforcer="C", place="obligation", action="compensate",
        slots=(_model("lumpSum"), _PAY, _CURRENCY, _DUE),
        blanks=(*_AMOUNT, Blank("due", Kind.DURATION)),
        samples=({"amount": "1,500,000", "currency": "KRW", "due": "P30D"}, {"amount": "99.5", "currency": "EUR", "due": "P14D"}),
        sources=("mdsr-15",),
    ),
    Clause(
        id="prepaid", item=16, enforcer="E", place="constraint",
        slots=(Slot(MMD + "prepaid", ("eq",), fixed="true"),),
        sources=("mdsr-15",),
    ),
    Clause(
        id="flat-fee", item=17, enforcer="C", place="obligation", action="compensate",
        slots=(_model("flatFee"), _PAY, _CURRENCY, _PERIOD, _DUE),
        blanks=(*_AMOUNT, Blank("period", Kind.DURATION), Blank("due", Kind.DURATION)),
        samples=({"amount": "300000", "currency": "KRW", "period": "P1M", "due": "P10D"},),
        sources=("mdsr-15",),
    ),
    Clause(
        id="metered", item=18, enforcer="C", place="obligation", action="compensate",
        slots=(
            _model("metered"), Slot(MMD + "unitPrice", ("eq",), "price", unit="currency"), _CURRENCY,
            Slot(MMD + "meter", ("eq",), "meter"), _PERIOD, _DUE,
        ),
        blanks=(
            Blank("price", Kind.AMOUNT), Blank("currency", Kind.CURRENCY),
            Blank("meter", Kind.CHOICE, choices=("use", "row", "megabyte", "hour")),
            Blank("period", Kind.DURATION), Blank("due", Kind.DURATION),
        ),
        samples=({"price": "0.5", "currency": "KRW", "meter": "row", "period": "P1M", "due": "P10D"},),
        sources=("mdsr-15",),
    ),
    Clause(
        id="royalty", item=19, enforcer="P", place="obligation", action="compensate",
        slots=(
            _model("royalty"), Slot(MMD + "royaltyRate", ("eq",), "rate"), Slot(MMD + "royaltyBase", ("eq",), "base"),
            _PERIOD, _DUE,
        ),
        blanks=(
            Blank("rate", Kind.PERCENT), Blank("base", Kind.CHOICE, choices=("revenue", "profit", "saving")),
            Blank("period", Kind.DURATION), Blank("due", Kind.DURATION),
        ),
        samples=({"rate": "3.5", "base": "revenue", "period": "P3M", "due": "P30D"},),
        sources=("mdsr-15", "mymd"),
    ),
    Clause(
        id="report-revenue", item=19, enforcer="C", place="obligation", action=MMD + "reportRevenue",
        slots=(Slot(MMD + "reportPeriod", ("eq",), "period"),),
        blanks=(Blank("period", Kind.DURATION),),
        samples=({"period": "P3M"},),
        sources=("mdsr-15",),
    ),
    Clause(
        id="payees", item=20, enforcer="C", place="obligation", action=MMD + "shareBenefit",
        slots=(Slot(MMD + "compensatedParty", ("isAllOf", "eq"), "shares"),),
        blanks=(Blank("shares", Kind.SHARE, many=True),),
        samples=({"shares": ["did:web:plant-a.example=60", "did:web:plant-b.example=40"]},),
        sources=("mdsr-15", "mymd", "idt-9"),
    ),
    Clause(
        id="consideration", item=21, enforcer="P", place="obligation", action=MMD + "giveConsideration",
        slots=(Slot(MMD + "consideration", ("eq",), "kind"),),
        blanks=(Blank("kind", Kind.CHOICE, choices=("none", "reciprocal", "costCredit")),),
        samples=({"kind": "none"}, {"kind": "costCredit"}),
        sources=("mymd", "mdsr-15"),
    ),
)  # fmt: skip
