"""Korean: how much room is left on the disks."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "disk.place.database": "데이터베이스와 로그",
    "disk.place.published": "공개한 파일",
    "disk.place.received": "받은 파일",
    "disk.enough": "{places}: {total} 중 {free} 남음.",
    "disk.low": "디스크 공간이 줄어듭니다. {places}: {total} 중 {free} 남음. {floor} 아래로 내려가면 새 일을 받지 않습니다. "
    "`mmd retention`이 지워도 되는 것을 보여 줍니다.",
    "disk.full": "디스크 공간이 없습니다. {places}: {free} 남음, {floor}은(는) 남겨 두어야 합니다. 새 협상, 전송, 업로드를 받지 "
    "않습니다. 이미 진 의무는 계속 서명하며 계약도 끝낼 수 있습니다. 공간을 비우세요. `mmd retention`이 지워도 되는 것을 보여 줍니다.",
    "disk.days": "하루에 {growth}씩 찹니다. {days}일 뒤에는 새 일을 받지 않습니다.",
    "disk.no_room": "공간이 없습니다. {places}: {free} 남음, {floor}은(는) 이미 진 의무를 위해 남겨 두어야 합니다. 새 일을 시작하지 "
    "않으며, 이 요청은 아무것도 남기지 않았습니다. 공간이 생기면 다시 시도하세요.",
    "disk.no_room_for": "{size}을(를) 둘 공간이 없습니다. {places}: {free} 남음, {floor}은(는) 이미 진 의무를 위해 남겨 두어야 "
    "합니다. 새 일을 시작하지 않으며, 이 요청은 아무것도 남기지 않았습니다. 공간이 생기면 다시 시도하세요.",
    "cli.inbox.alerts": "살펴볼 것:",
}
