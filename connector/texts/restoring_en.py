"""English: backups, folders restored from them, and how a log goes on afterwards."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # --- mmd backup
    "cli.help.backup": """Write everything that this connector needs into one encrypted file, while it runs.

It holds settings, keys, contracts, the log and the published data. It does not hold the passphrase that seals it,
the passphrase of sealed keys, and files outside the folder that the settings name (certificates).
  mmd backup --dir plant --to plant.backup
  mmd backup --check plant.backup""",
    "cli.backup.to": "Where to; it appears there only when it is whole.",
    "cli.backup.check": "Check such a file instead, as a restore would, and change nothing.",
    "cli.backup.received": "Received files: small (up to 16 MB each), all or none. Fetching one again is a use.",
    "cli.backup.passphrase_file": "The passphrase in a file; else MMD_BACKUP_PASSPHRASE, else it is asked for.",
    "cli.backup.ask_passphrase": "Passphrase of the backup",
    "cli.backup.ask_again": "Once more",
    "cli.backup.writing": "Backing up",
    "cli.backup.checking": "Checking",
    "cli.backup.done": "{file}: {size}, {files} files, the log up to entry {log}.",
    "cli.backup.keep": "Keep the passphrase elsewhere: without it nobody can open the file.",
    "cli.backup.left_out_too_large": "Not in it, too large: {name} (`--received all` takes it along).",
    "cli.backup.left_out_not_asked_for": "Not in it, as you wished: {name}",
    "cli.backup.left_out_unknown": "Not in it, no file of this connector: {name}",
    "cli.backup.left_out_vanished": "Not in it, it went while the backup was made: {name}",
    "cli.backup.left_out_more": "and {count:,} more files that are not in it (`--json` names them).",
    "cli.backup.outside": "Not in it, for it lies outside the folder or is a secret of its own: {path}",
    "cli.backup.checked": "It holds: {did}, made at {at}, {files} files, the log up to entry {log}.",
    # --- mmd restore
    "cli.help.restore": """Make a connector's folder from a backup.

It is checked while it is unpacked, and put in its place only when all of it holds. The connector then signs nothing
until it has asked the others what it has forgotten (`mmd reconcile`).
  mmd restore plant.backup --dir plant""",
    "cli.restore.backup": "The file that `mmd backup` wrote.",
    "cli.restore.unpacking": "Restoring",
    "cli.restore.done": "{did} as it was at {at} is now in {directory} ({size}).",
    "cli.restore.next": (
        "Make sure that the lost one does not run any more anywhere. Then start this one: `mmd serve --dir {directory}`. "
        "It asks its partners what it has forgotten, and signs nothing before that."
    ),
    # --- what goes wrong
    "cli.error.to_or_check": "Say where the backup goes with --to FILE, or which one to check with --check FILE.",
    "cli.error.backup": "{detail}.",
    "cli.error.backup_runs": "Another backup of this folder is being made; wait until it is done.",
    "cli.error.restore_where": "Say with --dir into which new folder it is restored; it must be empty or not there.",
    "cli.error.no_passphrase": "There is no passphrase: name a file with --passphrase-file, or set {variable}.",
    "cli.error.no_passphrase_file": "There is no passphrase in {path}.",
    "cli.error.short_passphrase": "The passphrase is too short: {count} characters or more.",
    "cli.error.other_passphrase": "The two passphrases are not the same; nothing was written.",
}
