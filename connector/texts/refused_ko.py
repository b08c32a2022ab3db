"""What our own people are told when something cannot be done with a contract or a negotiation. Korean."""

from typing import Final

TEXTS: Final = {
    "refused.withdrawn_by_us": "이 계약은 {at}에 우리가 철회했습니다: {reason}",
    "refused.withdrawn_by_them": "이 계약은 {at}에 {by}이(가) 철회했습니다: {reason}",
    "refused.delivery_runs": "이 계약의 전달이 아직 진행 중입니다. 끝나기를 기다리거나 전송을 끝내세요.",
    "refused.nothing_to_delete": "이 계약으로 받은 것 가운데 삭제할 것이 남아 있지 않습니다.",
    "refused.people_not_here": "제안된 명단이 아직 도착하지 않았습니다. 잠시 뒤에 다시 해 보세요.",
    "refused.several_lists": "답을 기다리는 명단이 여럿입니다. 하나를 고르세요: {proposals}",
    "refused.takes_no_notices": "상대방이 통지를 받지 않으므로 함께 서명할 수 없습니다.",
    "refused.ran_out": "이 계약은 {at}에 기간이 만료되었습니다.",
    "refused.ending_by_us": "이 계약은 우리가 이미 철회를 통지했으며 {at}에 끝납니다: {reason}",
    "refused.ending_by_them": "이 계약은 {by}이(가) 이미 철회를 통지했으며 {at}에 끝납니다: {reason}",
    "refused.notice_period": "계약의 통지 기간 때문에 {earliest} 이전에는 철회의 효력이 생기지 않습니다.",
    "refused.suspended_by_us": "이 계약은 {at}에 우리가 정지했습니다: {reason}",
    "refused.suspended_by_them": "이 계약은 {at}에 {by}이(가) 정지했습니다. 정지한 쪽만 해제할 수 있습니다: {reason}",
    "refused.suspended_already": "이 계약은 {at}에 우리가 이미 정지했습니다: {reason}",
    "refused.not_suspended": "이 계약은 정지되어 있지 않습니다.",
    "refused.terminated": "이 계약은 {at}에 종료되었습니다.",
    "refused.not_complete": "이 계약은 아직 완성되지 않았습니다. 양쪽이 모두 확인해야 합니다.",
    "refused.marked_paid": "이미 입금된 것으로 표시되어 있습니다.",
    "refused.not_marked_paid": "입금된 것으로 표시되어 있지 않습니다.",
    "refused.not_concluded": "이 계약은 아직 체결되지 않았습니다. 대신 협상을 끝내세요.",
    "refused.receipt_is_out": "우리의 영수증이 서명되어 로그에 올랐으므로 계약은 유효합니다. 대신 철회하세요.",
    "refused.cannot_terminate": "지금은 협상을 끝낼 수 없습니다: {problem}",
    "refused.not_our_turn": "이 협상은 우리의 결정을 기다리고 있지 않습니다. 지금 상태: {state}",
    "refused.own_offer": "지금 놓인 제안은 우리의 것입니다. 상대방이 답해야 합니다.",
    "refused.dataset_gone": "이 데이터셋은 더 이상 우리 카탈로그에 없습니다.",
    "refused.no_such_dataset": "우리 카탈로그에 데이터셋 {dataset}이(가) 없습니다.",
    "refused.not_shown": "이 데이터셋은 {did}에게 보이지 않습니다. 제안하기 전에 그 참여자에게 게시하세요.",
    "refused.offer_of_no_use": "이 제안은 {did}에게 쓸모가 없습니다: {problem}",
    "refused.no_open_offer": "이 데이터셋에는 열린 제안 {offer}이(가) 없습니다.",
    "refused.several_offers": "이 데이터셋에는 제안이 여럿입니다. 하나를 고르세요: {offers}",
    "refused.not_comparable": "제안의 식별자는 제공자가 우리에게 보여 주지 않는 데이터셋의 다이제스트입니다. 비교할 수 없으므로 "
    "동의하지 않습니다.",
    "refused.offer_altered": "제안의 식별자가 조건, 데이터셋, 설명의 다이제스트와 다릅니다. 오는 길에 바뀌었습니다.",
}
