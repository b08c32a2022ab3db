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
  mmd restore plant.backup --dir plant""",
    "cli.restore.backup": "`mmd backup`이 만든 파일.",
    "cli.restore.unpacking": "복원하는 중",
    "cli.restore.done": "{at} 당시의 {did}이(가) 이제 {directory}에 있습니다({size}).",
    "cli.restore.next": (
        "잃어버린 커넥터가 어디에서도 더 이상 돌지 않는지 확인하십시오. 그다음 시작합니다: `mmd serve --dir {directory}`. "
        "커넥터는 무엇을 잊었는지 상대방에게 물어보고, 그 전에는 아무것도 서명하지 않습니다."
    ),
    # --- what goes wrong
    "cli.error.to_or_check": "--to FILE로 백업할 곳을, 또는 --check FILE로 점검할 백업을 지정하십시오.",
    "cli.error.backup": "{detail}.",
    "cli.error.backup_runs": "이 폴더의 다른 백업이 만들어지고 있습니다. 끝날 때까지 기다리십시오.",
    "cli.error.restore_where": "--dir로 복원할 새 폴더를 지정하십시오. 비어 있거나 없는 폴더여야 합니다.",
    "cli.error.no_passphrase": "암호가 없습니다. --passphrase-file로 파일을 지정하거나 {variable}을(를) 설정하십시오.",
    "cli.error.no_passphrase_file": "{path}에 암호가 없습니다.",
    "cli.error.short_passphrase": "암호가 너무 짧습니다. {count}자 이상이어야 합니다.",
    "cli.error.other_passphrase": "두 암호가 다릅니다. 아무것도 쓰지 않았습니다.",
}
