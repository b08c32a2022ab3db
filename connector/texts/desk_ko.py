"""What people read about decisions that wait for them: changes of terms, one-sentence summaries, who has said yes. Korean."""

from typing import Final

TEXTS: Final = {
    "desk.added": "{clause}: 새로 추가됨. 요청 내용: ‘{asked}’ {favours}",
    "desk.removed": "{clause}: 삭제됨. 기존 내용: ‘{was}’ {favours}",
    "desk.changed": "{clause}: 기존 ‘{was}’ → 요청 ‘{asked}’ {favours}",
    "desk.not_comparable": "두 제안을 비교할 수 없습니다: {problem}",
    "desk.asks": "{who}에서 ‘{title}’ 데이터를 요청했습니다{terms}.",
    "desk.offers": "{who}에서 ‘{title}’ 데이터를 제안했습니다{terms}.",
    "desk.took": "{who}에서 ‘{title}’에 대한 우리 제안을 수락했습니다. 담당자의 승인이 있어야 서명합니다.",
    "desk.sent": "{who}에서 ‘{title}’ 계약서를 보냈습니다. 담당자의 승인이 있어야 서명합니다.",
    "desk.on_terms.same": "(우리가 제시한 조건 그대로)",
    "desk.on_terms.fresh": "(상대가 정한 조건)",
    "desk.on_terms.changed": "(바뀐 조항 {count}건: 제공자에게 유리 {provider}건, 이용자에게 유리 {consumer}건)",
    "desk.not_answered": "{until}까지 우리 쪽 담당자가 답하지 않았습니다",
}
