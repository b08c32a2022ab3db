"""English: erasing what is known of a person."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "erasure.stays.signed": "Signed: without these bytes a signature could not be checked. Evidence can be shown without personal data (mmd evidence --without-personal), but not without this.",
    "erasure.stays.open": "Something is going on that needs it; when it is over it can be erased.",
    "erasure.stays.due": "It is about to be sent.",
    "erasure.stays.stands": "A contract stands, and who acts or receives under it belongs to its records until it has ended.",
    "erasure.stays.counts": "The list counts in a contract that stands: propose another one first (mmd people CONTRACT --set FILE), and have it countersigned.",
    "erasure.stays.published": "It is published: withdraw it and publish it anew, without the name.",
    "erasure.stays.named": "Something is called so.",
    "erasure.stays.token": "A management token is given to this person: remove it first (mmd token remove {id}).",
    "cli.people.person": 'With "erase": whose name, or e-mail address.',
    "cli.people.email": 'With "erase": the e-mail address beside the name.',
    "cli.people.yes": 'With "erase": do it. Without, what would be erased is shown.',
    "cli.people.list_erased": "The list {digest} was erased on {at}: {reason} Its digest stands in contract and notices, and still proves the rest.",
    "cli.erase.nowhere": "Nothing is known of this person here.",
    "cli.erase.would": "{kind}: would be erased from {count}.",
    "cli.erase.done": "{kind}: erased from {count}.",
    "cli.erase.kept": "The name stays in {count} place(s):",
    "cli.erase.also_at": "{did} was given lists with this person and has copies: ask there too.",
    "cli.erase.clean": "The database was written anew: what was erased is in none of its files any more.",
    "cli.erase.left": "The records are clean, but old pages of the database may still hold the name: {why}. Run the same command again, and keep this receipt.",
    "cli.erase.receipt": "For the person: digest {digest}, salt {salt}. The act in the log holds the digest; the salt is kept nowhere here.",
    "cli.erase.elsewhere": "Backups made before, evidence that lies in returned/ after a restore, log files of the system, and the data that was published or received were not looked at.",
    "cli.erase.repeat": "Nothing was changed. To do it: the same with --yes and --reason.",
    "cli.error.erase_whom": "Say whom: mmd people erase NAME --email ADDRESS",
    "cli.error.erase_why": 'An erasure needs a reason: --reason "asked for on 2 December"',
}
