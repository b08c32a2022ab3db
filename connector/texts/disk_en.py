"""English: how much room is left on the disks."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "disk.place.database": "the database with the log",
    "disk.place.published": "what is published",
    "disk.place.received": "what was received",
    "disk.enough": "{free} of {total} are free for {places}.",
    "disk.low": "Room gets short: {free} of {total} are free for {places}. Below {floor} nothing new is taken. "
    "`mmd retention` shows what may go.",
    "disk.full": "No room: {free} are free for {places}, and {floor} have to stay free. Nothing new is taken: no "
    "negotiation, no delivery, no upload. What is owed is still signed, and contracts can be ended. Free some space: "
    "`mmd retention` shows what may go.",
    "disk.days": "It fills by {growth} a day: {days} day(s) until nothing new is taken.",
    "disk.no_room": "No room: {free} are free for {places}, and {floor} have to stay free for what is owed. Nothing new "
    "is begun; nothing was kept of this. Try again when there is room.",
    "disk.no_room_for": "No room for {size}: {free} are free for {places}, and {floor} have to stay free for what is owed. "
    "Nothing new is begun; nothing was kept of this. Try again when there is room.",
    "cli.inbox.alerts": "To be looked at:",
}
