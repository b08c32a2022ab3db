"""What people read about decisions that wait for them: changes of terms, one-sentence summaries, who has said yes. English."""

from typing import Final

TEXTS: Final = {
    "desk.added": "{clause}: new. Asked: “{asked}” {favours}",
    "desk.removed": "{clause}: dropped. It was: “{was}” {favours}",
    "desk.changed": "{clause}: it was “{was}”, asked is “{asked}” {favours}",
    "desk.not_comparable": "The two offers cannot be compared: {problem}",
    "desk.asks": "{who} asks for “{title}”{terms}.",
    "desk.offers": "{who} offers “{title}”{terms}.",
    "desk.took": "{who} has accepted our offer of “{title}”; our signature waits for people.",
    "desk.sent": "{who} has sent the contract on “{title}”; our signature waits for people.",
    "desk.on_terms.same": " on the terms that we offered",
    "desk.on_terms.fresh": " on terms of its own",
    "desk.on_terms.changed": " with {count} changed clauses ({provider} favour the provider, {consumer} the consumer)",
    "desk.not_answered": "nobody on our side answered by {until}",
}
