"""Korean: backups, folders restored from them, and how a log goes on afterwards."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # --- mmd backup
    "cli.help.backup": """커넥터를 멈추지 않고, 커넥터에 필요한 모든 것을 암호화된 파일 하나로 백업합니다.

설정, 키, 계약, 로그, 공개한 데이터가 들어 있습니다. 백업을 잠그는 암호, 봉인된 키의 암호,
설정에 적힌 폴더 밖의 파일(인증서)은 들어 있지 않습니다.
  mmd backup --dir plant --to plant.backup
  mmd backup --check plant.backup""",
    "cli.backup.to": "백업 파일. 완전히 만들어진 뒤에야 이 이름으로 나타납니다.",
    "cli.backup.check": "대신 이런 파일을 복원할 때와 똑같이 점검합니다. 아무것도 바꾸지 않습니다.",
    "cli.backup.received": "받은 파일: small(하나에 16 MB까지), all, none. 다시 받으면 사용 횟수에 들어갑니다.",
    "cli.backup.passphrase_file": "암호가 든 파일. 없으면 MMD_BACKUP_PASSPHRASE, 그것도 없으면 물어봅니다.",
    "cli.backup.ask_passphrase": "백업 암호",
    "cli.backup.ask_again": "한 번 더",
    "cli.backup.writing": "백업하는 중",
    "cli.backup.checking": "점검하는 중",
    "cli.backup.done": "{file}: {size}, 파일 {files}개, 로그는 {log}번째 항목까지.",
    "cli.backup.keep": "암호는 다른 곳에 보관하십시오. 암호가 없으면 아무도 이 파일을 열 수 없습니다.",
    "cli.backup.left_out_too_large": "너무 커서 들어 있지 않습니다: {name} (`--received all`이면 들어갑니다).",
    "cli.backup.left_out_not_asked_for": "원하신 대로 들어 있지 않습니다: {name}",
    "cli.backup.left_out_unknown": "이 커넥터의 파일이 아니라서 들어 있지 않습니다: {name}",
    "cli.backup.left_out_vanished": "백업하는 동안 사라져서 들어 있지 않습니다: {name}",
    "cli.backup.left_out_more": "그 밖에 {count:,}개의 파일이 들어 있지 않습니다(`--json`이 모두 보여 줍니다).",
    "cli.backup.outside": "폴더 밖에 있거나 따로 지켜야 할 비밀이어서 들어 있지 않습니다: {path}",
    "cli.backup.checked": "이상이 없습니다: {did}, {at}에 만듦, 파일 {files}개, 로그는 {log}번째 항목까지.",
    # --- mmd restore
    "cli.help.restore": """백업에서 커넥터의 폴더를 되살립니다.

풀면서 점검하고, 모두 맞을 때에만 제자리에 놓습니다. 그 뒤 커넥터는 무엇을 잊었는지 다른 참가자에게
물어볼 때까지(`mmd reconcile`) 아무것도 서명하지 않습니다.
  mmd restore plant.backup --dir plant
  mmd restore --evidence theirs.zip --trust office.json --dir plant   # 백업이 없을 때, 같은 주소로 `mmd init`을 한 뒤""",
    "cli.restore.backup": "`mmd backup`이 만든 파일.",
    "cli.restore.unpacking": "복원하는 중",
    "cli.restore.done": "{at} 당시의 {did}이(가) 이제 {directory}에 있습니다({size}).",
    "cli.restore.next": (
        "잃어버린 커넥터가 어디에서도 더 이상 돌지 않는지 확인하십시오. 그다음 시작합니다: `mmd serve --dir {directory}`. "
        "커넥터는 무엇을 잊었는지 상대방에게 물어보고, 그 전에는 아무것도 서명하지 않습니다."
    ),
    # --- mmd reconcile
    "cli.help.reconcile": """복원한 뒤, 또는 로그와 데이터베이스와 표시가 서로 맞지 않을 때: 무엇을 잊었는지 다른 참가자에게 물어봅니다.

아무도 더 알지 못하면 계속합니다. 그렇지 않으면 이전 로그에 대한 서명된 진술과 함께 새 로그를 열고,
잊은 것을 상대방의 증거에서 되찾습니다. 시작할 때와 1분마다 저절로도 합니다.
  mmd reconcile --dir plant
  mmd reconcile --dir plant --without did:web:gone.example.kr --reason "그 회사는 이제 없음"
  mmd reconcile --dir plant --release 3f2a --reason "양쪽 횟수를 전화로 맞추어 봄\"""",
    "cli.reconcile.without": "이 참가자의 답 없이 진행합니다(여러 번 쓸 수 있음). 이유가 필요합니다.",
    "cli.reconcile.release": "상대방에게 묻기 전에 이 계약의 데이터가 다시 흐르게 합니다. 이유가 필요합니다.",
    "cli.reconcile.reason": "이유. 활동 기록에 남습니다.",
    "cli.reconcile.asking": "다른 참가자에게 묻는 중",
    "cli.reconcile.answered": "{did}: 답했습니다.",
    "cli.reconcile.silent": "{did}: 답하지 않았습니다. {why}",
    "cli.reconcile.silent_needed": "{did}: 우리 로그에 공동 서명했는데 답하지 않았습니다. {why}",
    "cli.reconcile.opened": "여기 있는 것보다 더 많이 서명되었습니다(여기 {size}개, 알려진 것 {known}개). 새 로그 {origin}을(를) 열었습니다. 이전 로그에는 더 이상 아무것도 덧붙이지 않습니다.",
    "cli.reconcile.released": "여기 있는 것({size}개 항목)보다 더 아는 참가자가 없습니다. 서명을 계속합니다.",
    "cli.reconcile.adopted_new": "되찾은 계약: {contract}, 통지 {notices}개, 전달 {deliveries}개.",
    "cli.reconcile.adopted": "{contract}의 잊은 것을 되찾았습니다: 통지 {notices}개, 전달 {deliveries}개.",
    "cli.reconcile.refused": "되찾지 못했습니다: {why}",
    "cli.reconcile.held": "계약 {count}개에서는 상대방에게 물어볼 때까지 아무것도 흐르지 않습니다.",
    "cli.reconcile.still": "아직 아무것도 서명하지 않습니다: {why}",
    "cli.reconcile.do": '1분마다 저절로 다시 시도합니다. 더 이상 물어볼 수 없는 참가자가 있으면: `mmd reconcile --without DID --reason "…"`.',
    "cli.reconcile.do_unbound": "새 로그를 묶는 회원 자격을 인증 기관에 저절로 청합니다. 갱신해 주지 않으면 인증 기관의 DID로 `mmd join DID`를 실행하십시오.",
    "cli.reconcile.nothing": "맞추어 볼 것이 없습니다.",
    "cli.reconcile.contract_released": "다른 장애가 없으면 {contract}의 데이터가 다시 흐릅니다.",
    "cli.contracts.held_unasked": "아무것도 흐르지 않습니다: {since}에 백업에서 복원했고, 상대방에게 아직 묻지 못했습니다(`mmd reconcile`).",
    "cli.contracts.held_keys": "더 이상 아무것도 흐르지 않습니다: 서명한 키를 잃었습니다. 기록으로만 남으니 새 계약을 맺으십시오.",
    "cli.contracts.restored": "잊었던 계약을 {at}에 {by}의 증거에서 되찾았습니다.",
    "cli.contracts.state_held": "복원 뒤 보류",
    "cli.doctor.signing_suspended": "아무것도 서명하지 않습니다: {why}",
    "cli.error.reconcile_reason": "--reason으로 이유를 적으십시오. 활동 기록에 남습니다.",
    "cli.error.reconcile_one": "--without과 --release는 다른 결정입니다. 하나만 쓰십시오.",
    "cli.restore.evidence": "파일은 상대방의 증거 또는 증거 묶음입니다. 백업이 전혀 없을 때 계약을 되살립니다.",
    "cli.restore.trust": "인증 기관의 신뢰 파일(`mmd anchors export`). 이것으로 검증되는 것만 되살립니다.",
    "cli.restore.judging": "{file} 검증하는 중",
    "cli.restore.laid": "{agreement}: 검증했으며 다음에 시작할 때 되살립니다.",
    "cli.restore.next_laid": "커넥터를 시작하고(`mmd serve --dir {directory}`) 인증 기관에 회원 자격을 청하십시오(`mmd join`). 이전 로그는 잃었으므로 새 로그를 엽니다. 키를 잃은 계약은 기록으로만 남으니 새로 맺으십시오.",
    "cli.error.restore_one": "백업은 파일 하나입니다. --evidence에는 여러 파일을 쓸 수 있고, --trust는 그때 씁니다.",
    "cli.error.restore_trust": "증거는 검증될 때에만 되살립니다. --trust로 인증 기관의 신뢰 파일을 지정하십시오.",
    "cli.error.restore_not_true": "{file}: 되살리지 않았습니다. 다른 파일도 마찬가지입니다. {summary}",
    "cli.error.restore_not_ours": "{file}은(는) {parties}의 계약에 관한 것입니다. 이 폴더의 커넥터는 {did}입니다.",
    # --- what goes wrong
    "refused.held_keys": (
        "이 계약에 서명한 키를 잃었습니다. 상대방의 증거와 함께 기록으로만 남아 있습니다. 데이터가 흐르려면 새 계약이 필요합니다."
    ),
    "refused.held_unasked": (
        "{since}부터 이 계약에서는 아무것도 전달하거나 알리지 않습니다. 백업에서 복원한 뒤 무엇을 잊었는지 {other}에게서 아직 듣지 못했습니다. 저절로 계속됩니다. `mmd reconcile`을 보십시오."
    ),
    "cli.error.to_or_check": "--to FILE로 백업할 곳을, 또는 --check FILE로 점검할 백업을 지정하십시오.",
    "cli.error.backup": "{detail}.",
    "cli.error.backup_runs": "이 폴더의 다른 백업이 만들어지고 있습니다. 끝날 때까지 기다리십시오.",
    "cli.error.restore_where": "--dir로 복원할 새 폴더를 지정하십시오. 비어 있거나 없는 폴더여야 합니다.",
    "cli.error.no_passphrase": "암호가 없습니다. --passphrase-file로 파일을 지정하거나 {variable}을(를) 설정하십시오.",
    "cli.error.no_passphrase_file": "{path}에 암호가 없습니다.",
    "cli.error.short_passphrase": "암호가 너무 짧습니다. {count}자 이상이어야 합니다.",
    "cli.error.other_passphrase": "두 암호가 다릅니다. 아무것도 쓰지 않았습니다.",
}
