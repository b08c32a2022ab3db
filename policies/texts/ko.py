"""한국어. 거절 문장은 조항 이름, 사실, 바꿔야 할 것의 순서로 말한다. 빈칸 바로 뒤에는 받침을 타는 조사를 두지 않는다."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "clause.purpose.name": "이용 목적",
    "clause.purpose.text": "데이터는 다음 목적으로만 쓸 수 있습니다: {purposes}.",
    "clause.purpose.kept": "제공자의 커넥터가 데이터를 내줄 때마다 목적을 묻고, 다른 목적이면 거절합니다. "
    "받은 뒤에 목적을 지키는 것은 받는 쪽의 약속입니다.",
    "clause.not-before.name": "시작",
    "clause.not-before.text": "데이터는 {time}부터 받을 수 있습니다.",
    "clause.not-before.kept": "제공자의 커넥터는 이 시각 전에는 데이터를 내주지 않습니다.",
    "clause.until.name": "종료",
    "clause.until.text": "데이터는 {time}까지만 받고 쓸 수 있습니다.",
    "clause.until.kept": "제공자의 커넥터는 이 시각 뒤에는 데이터를 내주지 않습니다. "
    "이미 받은 데이터를 그만 쓰는 것은 받는 쪽의 약속입니다.",
    "clause.count.name": "받는 횟수",
    "clause.count.text": "데이터는 모두 합해 {times} 받을 수 있습니다.",
    "clause.count.kept": "제공자의 커넥터가 받을 때마다 세고, 횟수를 넘으면 거절합니다.",
    "clause.recipient.name": "받는 회사",
    "clause.recipient.text": "다음 회사만 데이터를 받을 수 있습니다: {recipients}.",
    "clause.recipient.kept": "제공자의 커넥터가 매번 누가 요청하는지 확인합니다.",
    "clause.no-passing-on.name": "재제공 금지",
    "clause.no-passing-on.text": "데이터를 다른 누구에게도 넘겨서는 안 됩니다.",
    "clause.no-passing-on.kept": "받는 쪽의 약속입니다. 프로그램이 막을 수는 없으며, 이 계약이 약속의 증거입니다.",
    "clause.no-resale.name": "재판매 금지",
    "clause.no-resale.text": "데이터를 팔아서는 안 됩니다.",
    "clause.no-resale.kept": "받는 쪽의 약속입니다. 프로그램이 막을 수는 없으며, 이 계약이 약속의 증거입니다.",
    "clause.no-reidentification.name": "재식별 금지",
    "clause.no-reidentification.text": "데이터가 어느 사람이나 회사의 것인지 알아내려고 해서는 안 됩니다.",
    "clause.no-reidentification.kept": "받는 쪽의 약속입니다. 프로그램이 막을 수는 없으며, 이 계약이 약속의 증거입니다.",
    "clause.use.name": "이용",
    "clause.use.text": "데이터를 쓸 수 있습니다. 이 허락에는 제한이 없습니다.",
    "clause.use.kept": "제공자의 커넥터는 이 계약의 상대방에게만 데이터를 내줍니다.",
    "clause.any-of.name": "선택 조건",
    "clause.any-of.text": "다음 가운데 적어도 하나를 충족해야 합니다: {parts}",
    "clause.any-of.kept": "제공자의 커넥터가 데이터를 내줄 때마다 확인합니다.",
    "clause.one-of.name": "택일 조건",
    "clause.one-of.text": "다음 가운데 꼭 하나만 충족해야 합니다: {parts}",
    "clause.one-of.kept": "제공자의 커넥터가 데이터를 내줄 때마다 확인합니다.",
    "clause.unknown.name": "알 수 없는 조건",
    "clause.unknown.text": "이 커넥터가 모르는 조건입니다: {term}.",
    "clause.unknown.kept": "이 조건을 지켜 주는 프로그램이 없으므로, 이 조건이 든 계약은 받아들이지 않습니다.",
    "times.1": "한 번만",
    "times.n": "최대 {n}번까지",
    "times.0": "0번",
    "time.before": "{time} 직전",
    "time.after": "{time} 직후",
    "permission.n": "허락 {n}/{all}: {text}",
    "action.use": "이용",
    "action.distribute": "재제공",
    "action.transfer": "양도",
    "action.sell": "판매",
    "action.reidentify": "재식별",
    "decision.permitted": "허용: 계약의 조건을 모두 충족합니다.",
    "decision.permitted-so-far": "현재까지 허용: 데이터를 받을 때 더 확인할 조항이 있습니다({clauses}).",
    "decision.purpose-not-agreed": "{clause}: '{asked}' 목적은 합의한 목적({agreed})에 들어 있지 않습니다. "
    "합의한 목적으로 요청하거나, '{asked}' 목적을 넣어 새로 계약해야 합니다.",
    "decision.purpose-missing": "{clause}: 목적을 밝히지 않았습니다. 합의한 목적({agreed}) 가운데 하나를 밝혀야 합니다.",
    "decision.too-early": "{clause}: 데이터는 {limit}부터 받을 수 있는데 지금은 {now}입니다. "
    "그때 다시 요청하거나, 더 일찍 시작하는 계약을 새로 맺어야 합니다.",
    "decision.too-late": "{clause}: 데이터는 {limit}까지 받을 수 있었는데 지금은 {now}입니다. "
    "더 늦게 끝나는 계약을 새로 맺어야 합니다.",
    "decision.used-up": "{clause}: 합의한 횟수는 {limit}번이고 이미 {uses}번을 썼습니다. 횟수를 늘린 계약을 새로 맺어야 합니다.",
    "decision.not-a-recipient": "{clause}: 요청한 회사({party})는 이 데이터를 받을 수 있는 회사에 들어 있지 않습니다. "
    "제공자가 이 회사를 넣어 새로 제안해야 합니다.",
    "decision.not-the-assignee": "계약 당사자: 이 계약의 상대방은 요청한 회사({party})가 아니라 다른 회사({assignee})입니다. "
    "요청한 회사가 따로 계약해야 합니다.",
    "decision.no-permission": "이용: '{action}' 행위를 허락하는 조항이 없습니다. 이 행위를 허락하는 계약이 필요합니다.",
    "decision.prohibited": "{clause}: '{action}' 행위는 이 계약에서 금지되어 있습니다. 이 금지가 없는 계약이 필요합니다.",
    "decision.contradiction": "{clause}: '{action}' 행위를 허락하면서 동시에 금지하므로 이 조건은 무효입니다. "
    "제공자가 둘 가운데 하나를 빼야 합니다.",
    "decision.no-alternative-holds": "{clause}: 여러 조건 가운데 충족된 것이 없습니다. 그중 하나는 충족해야 합니다: {reasons}",
    "decision.more-than-one-holds": "{clause}: 꼭 하나만 충족해야 하는데 둘 이상이 충족됩니다. 조건을 고쳐야 합니다.",
    "decision.order-unknown": "{clause}: 이 조건은 시간 순서를 요구하는데 이 커넥터는 그 순서를 확인할 수 없습니다. "
    "조건을 고쳐야 합니다.",
    "decision.unknown-term": "알 수 없는 조건: 이 커넥터는 '{term}'({where}) 조건을 몰라서 허용할 수 없습니다. "
    "계약 조건에서 이 조건을 빼야 합니다.",
    "decision.unreadable-value": "{clause}: 값 '{value}'({where}) 표기를 읽을 수 없습니다. 조건을 바로잡아야 합니다.",
    "decision.duty-open": "의무: 먼저 '{action}' 의무를 이행해야 하는데, 이 커넥터는 이행 여부를 확인할 수 없습니다. "
    "이 의무가 없는 조건이어야 합니다.",
    "difference.added": '{clause}: 제안에는 없고, 요청에는 있음: "{asked}"',
    "difference.removed": '{clause}: 제안에는 있고, 요청에는 없음: "{offered}"',
    "difference.changed": '{clause}: 제안: "{offered}", 요청: "{asked}"',
    "difference.stricter": "{sentence} (제안 범위 안)",
    "difference.looser": "{sentence} (제안 범위를 넘음, 제공자가 동의해야 함)",
    "difference.other": "{sentence} (제안과 다름, 제공자가 동의해야 함)",
    "difference.profile": "프로파일",
    "difference.conflict": "규칙이 부딪힐 때의 우선순위",
    "difference.rule": "규칙",
    "difference.property": "속성",
    "conflict.no-permission": "이용: 허락하는 것이 하나도 없습니다. 허락을 넣으십시오.",
    "conflict.empty-window": "{clauses}: 종료({until}) 시각이 시작({from_}) 시각보다 뒤가 아니어서 데이터를 받을 수 있는 때가 없습니다. "
    "둘 가운데 하나를 옮기십시오.",
    "conflict.ended-when-signed": "{clauses}: 종료({until}) 시각이 계약한 때({signed})보다 앞섭니다. 더 늦은 때로 정하십시오.",
    "conflict.count-below-one": "{clauses}: 한 번도 받을 수 없습니다. 한 번 이상으로 정하십시오.",
    "conflict.no-common-value": "{clauses}: 두 조건에 공통된 값이 없어 누구도 둘 다 충족할 수 없습니다. "
    "하나만 두거나 서로 맞추십시오.",
    "conflict.empty-list": "{clauses}: 목록이 비어 있어 누구도 충족할 수 없습니다. 하나 이상 적거나 조항을 빼십시오.",
    "conflict.assignee-excluded": "{clauses}: 계약 상대방({assignee})이 데이터를 받을 수 있는 회사에 들어 있지 않습니다. "
    "상대방을 넣으십시오.",
    "conflict.permitted-and-prohibited": "{clauses}: '{action}' 행위를 허락하면서 동시에 금지합니다. 둘 가운데 하나를 빼십시오.",
    "conflict.unreadable-value": "{clauses}: 값 '{value}' 표기를 읽을 수 없습니다. 바로잡으십시오.",
}
