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
  mmd restore plant.backup --dir plant
  mmd restore --evidence theirs.zip --trust office.json --dir plant   # without any backup, after `mmd init` under the same address""",
    "cli.restore.backup": "The file that `mmd backup` wrote.",
    "cli.restore.unpacking": "Restoring",
    "cli.restore.done": "{did} as it was at {at} is now in {directory} ({size}).",
    "cli.restore.next": (
        "Make sure that the lost one does not run any more anywhere. Then start this one: `mmd serve --dir {directory}`. "
        "It asks its partners what it has forgotten, and signs nothing before that."
    ),
    # --- mmd reconcile
    "cli.help.reconcile": """After a restore, or when log, database and mark disagree: ask the others what this connector has forgotten.

If nobody knows more, it goes on. Otherwise it opens a new log, with a signed statement about the old one, and takes up
what it has forgotten out of the others' evidence. It also happens by itself, at the start and once a minute.
  mmd reconcile --dir plant
  mmd reconcile --dir plant --without did:web:gone.example.kr --reason "the company does not exist any more"
  mmd reconcile --dir plant --release 3f2a --reason "their counts and ours were compared by telephone\"""",
    "cli.reconcile.without": "Do without the answer of this one (may be repeated); it takes a reason.",
    "cli.reconcile.release": "Let data flow again under this contract before its other side has been asked; it takes a reason.",
    "cli.reconcile.reason": "Why; it stands in the record of acts.",
    "cli.reconcile.asking": "Asking the others",
    "cli.reconcile.answered": "{did} has answered.",
    "cli.reconcile.silent": "{did} has not answered: {why}",
    "cli.reconcile.silent_needed": "{did} has not answered, and has cosigned our log: {why}",
    "cli.reconcile.opened": "More was signed than is here ({size} entries here, {known} known): the new log {origin} has been opened. Nothing is added to the old one any more.",
    "cli.reconcile.released": "Nobody knows more than is here ({size} entries): signing goes on.",
    "cli.reconcile.adopted_new": "Taken up again: {contract}, with {notices} notices and {deliveries} deliveries.",
    "cli.reconcile.adopted": "Caught up on {contract}: {notices} notices, {deliveries} deliveries.",
    "cli.reconcile.refused": "Not taken up: {why}",
    "cli.reconcile.held": "Under {count} contracts nothing flows until their other sides have been asked.",
    "cli.reconcile.still": "Nothing is signed yet: {why}",
    "cli.reconcile.do": 'It is tried again by itself once a minute. If somebody cannot be asked any more: `mmd reconcile --without DID --reason "…"`.',
    "cli.reconcile.do_unbound": "The authority is asked by itself for a membership that binds the new log. If it does not renew it: `mmd join DID` with the DID of the authority.",
    "cli.reconcile.nothing": "There is nothing to reconcile.",
    "cli.reconcile.contract_released": "Data flows again under {contract}, if nothing else stands against it.",
    "cli.contracts.held_unasked": "Nothing flows: since {since} we have been back from a backup, and the other side has not been asked yet (`mmd reconcile`).",
    "cli.contracts.held_keys": "Nothing flows any more: the key that we signed it with is lost. It is a record; make a new contract.",
    "cli.contracts.restored": "Put back at {at} out of the evidence of {by}: we had forgotten it.",
    "cli.contracts.state_held": "held since a restore",
    "cli.doctor.signing_suspended": "Nothing is signed: {why}",
    "cli.error.reconcile_reason": "Say why with --reason; it stands in the record of acts.",
    "cli.error.reconcile_one": "Either --without or --release; they are two decisions.",
    "cli.restore.evidence": "The files are evidence of the other sides, or bundles of it: without any backup they restore the contracts.",
    "cli.restore.trust": "The trust file of the authority (`mmd anchors export`); only what it verifies is put back.",
    "cli.restore.judging": "Verifying {file}",
    "cli.restore.laid": "{agreement} is verified and will be put back at the next start.",
    "cli.restore.next_laid": "Start the connector (`mmd serve --dir {directory}`) and ask the authority for a membership (`mmd join`). A new log is opened then: the old one is lost. Contracts whose key is lost stay as records; make new ones.",
    "cli.error.restore_one": "A backup is one file; with --evidence there may be several, and --trust belongs to these.",
    "cli.error.restore_trust": "Evidence is put back only when it is verified: name the authority's trust file with --trust.",
    "cli.error.restore_not_true": "{file} is not put back, and nothing else either: {summary}",
    "cli.error.restore_not_ours": "{file} is about a contract of {parties}; the connector in this folder is {did}.",
    # --- what goes wrong
    "refused.held_keys": (
        "The key that we signed this contract with is lost. It is kept as a record, with the evidence of the other side; a new contract is needed for anything to flow."
    ),
    "refused.held_unasked": (
        "Since {since} nothing is delivered or told under this contract: we came back from a backup, and {other} has not told us yet what we have forgotten. It goes on by itself; see `mmd reconcile`."
    ),
    "cli.error.to_or_check": "Say where the backup goes with --to FILE, or which one to check with --check FILE.",
    "cli.error.backup": "{detail}.",
    "cli.error.backup_runs": "Another backup of this folder is being made; wait until it is done.",
    "cli.error.restore_where": "Say with --dir into which new folder it is restored; it must be empty or not there.",
    "cli.error.no_passphrase": "There is no passphrase: name a file with --passphrase-file, or set {variable}.",
    "cli.error.no_passphrase_file": "There is no passphrase in {path}.",
    "cli.error.short_passphrase": "The passphrase is too short: {count} characters or more.",
    "cli.error.other_passphrase": "The two passphrases are not the same; nothing was written.",
}
