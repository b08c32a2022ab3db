"""한국어: 함께 둘 수 없는 조항, 데이터 카드와 맞지 않는 조항. 두 쪽의 이름을 대고, 무엇이 문제인지, 어떻게 고칠지 말한다."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "export.unknown": "모름",
    "clause.card.name": "데이터 카드",
    "clause.delivery.name": "전달 방식",
    "clause.agreement.name": "이미 맺은 계약",
    "conflict.excluded": "{clauses}: 두 조항은 한 계약에 함께 둘 수 없습니다. {because} 하나를 빼십시오.",
    "because.assignment.until": "권리를 넘기면 이용 기간을 정할 수 없습니다.",
    "because.assignment.duration": "권리를 넘기면 이용 기간을 정할 수 없습니다.",
    "because.assignment.delete": "권리를 넘겨받은 쪽에 지우라고 할 수 없습니다.",
    "because.assignment.return": "권리를 넘겨받은 쪽에 돌려 달라고 할 수 없습니다.",
    "because.until.duration": "이용이 끝나는 때를 두 가지로 정했습니다.",
    "because.training.no-training": "AI 학습을 허락하면서 금지합니다.",
    "because.model.no-training": "학습을 금지하면 학습한 모델이 있을 수 없습니다.",
    "conflict.given-twice": "{clauses}: 같은 조항이 두 번 있어 어느 것을 따를지 알 수 없습니다. 하나만 두십시오.",
    "conflict.free-and-paid": "{clauses}: 무상이라고 하면서 대가를 정했습니다. 하나를 빼십시오.",
    "conflict.nothing-to-prepay": "{clauses}: 먼저 낼 대가가 없습니다. 일시불이나 정액제를 넣거나 선납을 빼십시오.",
    "conflict.nothing-to-share": "{clauses}: 나눌 대가가 없습니다. 대가 조항을 넣거나 이익배분을 빼십시오.",
    "conflict.nothing-to-report": "{clauses}: 로열티가 없으면 수익을 보고할 까닭이 없습니다. 로열티를 넣거나 수익 보고를 빼십시오.",
    "conflict.shares-not-hundred": "{clauses}: 나누는 비율을 더하면 {total}%입니다. 100%가 되게 고치십시오.",
    "conflict.payee-twice": "{clauses}: 같은 곳이 두 번 적혀 있습니다. 비율을 합쳐 한 번만 적으십시오.",
    "conflict.fraction": "{clauses}: {currency} 통화에는 소수가 없는데 금액이 {amount}입니다. 정수로 고치십시오.",
    "conflict.provided-after-use": "{clauses}: 제공 종료({until}) 시각이 이용 종료({limit}) 시각보다 뒤입니다. 둘 가운데 하나를 옮기십시오.",
    "conflict.provided-before-start": "{clauses}: 제공 종료({until}) 시각이 시작({limit}) 시각보다 앞서 받을 수 있는 때가 없습니다. 하나를 옮기십시오.",
    "conflict.nothing-allowed": "{clauses}: 한도가 {limit}이라 아무것도 받을 수 없습니다. 더 크게 정하십시오.",
    "conflict.personal-data": "{clauses}: 개인정보가 든 데이터인데 가명처리 수준이 {level}입니다. 가명처리(수준 2 이상)한 뒤에 공개하십시오.",
    "conflict.reidentification-open": "{clauses}: 가명처리한 개인정보(수준 {level})에는 재식별 금지가 있어야 합니다. 재식별 금지를 넣으십시오.",
    "conflict.level-too-low": "{clauses}: 데이터 카드의 가명처리 수준은 {level}인데 조항은 {wanted} 이상을 요구해 아무도 받을 수 없습니다. "
    "하나를 고치십시오.",
    "conflict.export-class-differs": "{clauses}: 데이터 카드의 수출 분류({export})가 조항의 분류({classes})에 없어 아무도 받을 수 없습니다. "
    "하나를 고치십시오.",
    "conflict.export-unknown": "{clauses}: 데이터의 수출 분류가 '모름'인데 외국 회사도 받을 수 있습니다. "
    "이용 지역을 KR로 정하거나 분류를 확인하십시오.",
    "conflict.core-technology-abroad": "{clauses}: 국가핵심기술이 든 데이터인데 수출 승인이나 신고 없이 외국 회사도 받을 수 있습니다. "
    "이용 지역을 KR로 정하거나 승인 또는 신고를 마치십시오.",
    "conflict.subcontract-incomplete": "{clauses}: 하도급 기술자료를 주고받을 때 법이 요구하는 조항이 빠졌습니다. 빠진 조항을 넣으십시오.",
    "conflict.secret-not-kept": "{clauses}: 영업비밀이 든 데이터인데 비밀유지 조항이 없습니다. 비밀로 관리하지 않으면 보호받지 못하므로 비밀유지를 넣으십시오.",
    "conflict.other-delivery": "{clauses}: 조항이 요구하는 방식({mode})과 실제로 내주는 방식({delivery})이 다릅니다. "
    "조항을 빼거나 전달 방식을 바꾸십시오.",
    "conflict.promised-exclusively": "{clauses}: 이 데이터에는 독점 계약이 살아 있어 다른 회사와 계약할 수 없습니다. 그 계약이 끝난 뒤에 하십시오.",
    "conflict.taken-already": "{clauses}: 이 데이터에는 이미 살아 있는 계약이 있어 독점으로 줄 수 없습니다. 독점을 빼거나 그 계약이 끝난 뒤에 하십시오.",
}
