"""Conversations with others, shown and judged again: English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "cli.help.transcript": """Show a conversation with another participant as a sequence diagram; without an ID the latest exchanges.
It is kept for some time only (`mmd doctor` shows the settings) and is no evidence: `mmd evidence` is.
  mmd transcript 3f2a
  mmd transcript 3f2a -o talk.json
  mmd transcript --failed""",
    "cli.transcript.wanted": "A negotiation, transfer, agreement or delivery: its identifier or a unique beginning of it.",
    "cli.transcript.mermaid": "The diagram for Mermaid instead.",
    "cli.transcript.output": "Write it into this file, with all bodies and headers, for `mmd replay`.",
    "cli.transcript.peer": "Without an ID: only exchanges with this participant.",
    "cli.transcript.failed": "Without an ID: only what was refused or never answered.",
    "cli.transcript.limit": "Without an ID: how many exchanges.",
    "cli.transcript.about": "Conversation",
    "cli.transcript.written": "{file}: {steps} steps",
    "cli.transcript.next": "Judge it again: mmd replay {file}",
    "cli.transcript.none": "Nothing has gone over the line, or nothing of it is kept any more.",
    "cli.transcript.lost": "{count} exchanges since the start were not kept: too many came at once.",
    "cli.transcript.column_at": "When",
    "cli.transcript.column_way": "Way",
    "cli.transcript.column_peer": "With",
    "cli.transcript.column_type": "What",
    "cli.transcript.column_status": "Answer",
    "cli.transcript.column_process": "Process",
    "cli.transcript.column_problem": "Problem",
    "cli.error.no_transcript_named": "Say of which conversation: name a negotiation, a transfer, an agreement or a delivery.",
    "cli.error.transcript_of_one": "--peer and --failed list the latest exchanges; leave them out to see one conversation.",
    "cli.help.replay": """Judge a stored conversation again by the tables of the protocol; needs no connector and no network.
Exits with 0 when every recorded answer agrees with the tables, 1 when one does not, 2 when the file cannot be read.
  mmd replay talk.json""",
    "cli.replay.file": "The file that `mmd transcript ID --output FILE` wrote.",
    "cli.replay.unreadable": "{file} cannot be judged: {detail}.",
    "cli.replay.state": "{process}: {state}",
    "cli.replay.agrees": "Agrees: {count} steps; {unjudged} more are not for the tables to judge.",
    "cli.replay.disagrees": "Does not agree: {count} (step {places}).",
    "cli.replay.verdict.accepted": "accepted",
    "cli.replay.verdict.refused": "refused",
    "cli.replay.verdict.repeat": "a repeat",
    "cli.replay.verdict.acknowledged": "acknowledged",
    "cli.replay.verdict.unanswered": "not taken yet",
    "cli.replay.verdict.not_judged": "not judged",
    "cli.replay.doubt.taken": "it was taken, but the table refuses it",
    "cli.replay.doubt.not_taken": "it was refused, but the table accepts it",
    "cli.replay.doubt.other_state": "the answer names another state than the table",
    "cli.replay.doubt.other_answer": "the same message was answered otherwise before",
    "cli.replay.doubt.not_ours_to_send": "the table does not let our side send it here",
    "cli.replay.doubt.never_sent": "this answers a message that was not sent before",
    "cli.replay.doubt.content": "refused for what it says, which the tables do not judge",
    "cli.replay.doubt.before": "turned away before its process was looked at",
    "cli.replay.doubt.beginning": "the beginning of this process is not in the file",
    "cli.replay.doubt.their_refusal": "the other side refused what the table allows",
    "cli.replay.doubt.busy": "the other side could not take it then",
    "cli.replay.doubt.altered": "the body is not the one that was written down",
    "cli.replay.doubt.unreadable": "the body is no such message, and yet it was taken",
    "cli.replay.doubt.cut": "only the beginning of the body is there",
    "cli.replay.doubt.no_table": "no table for this",
}
