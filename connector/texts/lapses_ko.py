"""상대방의 미비점을 눈감아 줄 때마다 무엇을 포기하는지 (`connector.trust.lapses`)."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "lapse.did-without-relationships": (
        "상대방과 그 발급자의 DID 문서에 있는 키는 모두 모든 용도로 인정됩니다. 한 용도의 키가 도난되면 다른 용도에도 쓰일 수 있습니다."
    ),
    "lapse.presentations-without-audience": (
        "상대방 지갑의 응답이 검증자, 시각, 사용 횟수에 묶이지 않습니다. 새것이고 우리에게 준 것임은 지갑과의 연결만이 보증합니다."
    ),
    "lapse.unsigned-status-lists": (
        "회원 자격의 취소 여부를 발급자 호스트에서 응답하는 자의 말로 믿습니다. 다시 시작하면 이전에 본 목록을 잊고, "
        "취소는 상대방이 요청할 때에만 알게 됩니다."
    ),
    "lapse.membership-without-keys": (
        "발급자가 참여자만 보증하고 키는 보증하지 않습니다. 상대방은 계약에 서명할 수 없고, 분쟁 때 계약을 상대방에게 묶을 근거가 없습니다."
    ),
    "lapse.static-token": (
        "고정 토큰을 보이는 사람을 몇 번이든 그 상대방으로 봅니다. 토큰은 용도, 시각, 검증자에 묶이지 않으므로, 한 번 읽은 사람은 토큰을 "
        "바꿀 때까지 그 상대방 행세를 할 수 있습니다. 이를 보증하거나 취소해 줄 기관이 없습니다."
    ),
}
