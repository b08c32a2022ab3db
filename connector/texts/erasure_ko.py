"""Korean: erasing what is known of a person."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "erasure.stays.signed": "서명된 바이트입니다. 이것 없이는 서명을 확인할 수 없습니다. 증거는 개인정보 없이 보여 줄 수 있으나(mmd evidence --without-personal) 이것은 뺄 수 없습니다.",
    "erasure.stays.open": "진행 중인 일에 필요합니다. 끝나면 지울 수 있습니다.",
    "erasure.stays.due": "곧 보낼 것입니다.",
    "erasure.stays.stands": "유효한 계약이 있습니다. 계약에서 행동하거나 받은 사람은 계약이 끝날 때까지 그 기록에 속합니다.",
    "erasure.stays.counts": "유효한 계약에서 쓰이는 명단입니다. 먼저 다른 명단을 제안하고(mmd people CONTRACT --set FILE) 상대방의 확인 서명을 받으세요.",
    "erasure.stays.published": "공개되어 있습니다. 거두고 이름 없이 다시 공개하세요.",
    "erasure.stays.named": "무엇인가의 이름입니다.",
    "erasure.stays.token": "이 사람에게 관리 토큰이 주어져 있습니다. 먼저 지우세요(mmd token remove {id}).",
    "cli.people.person": '"erase"와 함께: 지울 사람의 이름 또는 이메일 주소.',
    "cli.people.email": '"erase"와 함께: 이름과 함께 쓰는 이메일 주소.',
    "cli.people.yes": '"erase"와 함께: 실제로 지웁니다. 없으면 지울 것을 보여 주기만 합니다.',
    "cli.people.list_erased": "명단 {digest}은(는) {at}에 지워졌습니다: {reason} 다이제스트는 계약과 통지에 있으며 나머지를 여전히 증명합니다.",
    "cli.erase.nowhere": "이 사람에 대해 아는 것이 없습니다.",
    "cli.erase.would": "{kind}: {count}건에서 지울 것입니다.",
    "cli.erase.done": "{kind}: {count}건에서 지웠습니다.",
    "cli.erase.kept": "이름이 {count}곳에 남습니다:",
    "cli.erase.also_at": "{did}도 이 사람이 적힌 명단을 받아 사본을 가지고 있습니다. 그쪽에도 요청하세요.",
    "cli.erase.clean": "데이터베이스를 새로 썼습니다. 지운 것은 이제 어느 파일에도 없습니다.",
    "cli.erase.left": "기록에서는 지웠지만 데이터베이스의 옛 페이지에 이름이 남아 있을 수 있습니다: {why}. 같은 명령을 다시 실행하고 아래 확인 자료는 보관하세요.",
    "cli.erase.receipt": "본인에게 줄 것: 다이제스트 {digest}, 솔트 {salt}. 로그의 행위에 다이제스트가 있으며 솔트는 여기에 남지 않습니다.",
    "cli.erase.elsewhere": "이전에 만든 백업, 복원 뒤 returned/에 있는 증거, 시스템의 로그 파일, 공개하거나 받은 데이터는 살펴보지 않았습니다.",
    "cli.erase.repeat": "바뀐 것이 없습니다. 지우려면 --yes와 --reason을 붙여 다시 실행하세요.",
    "cli.error.erase_whom": "누구인지 쓰세요: mmd people erase 이름 --email 주소",
    "cli.error.erase_why": '지우는 이유가 필요합니다: --reason "12월 2일 요청"',
}
