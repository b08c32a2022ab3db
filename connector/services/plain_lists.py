"""Status lists that nobody signed, remembered so far that an older one does not take the place of a newer one.

Nothing of them is kept on disk, and none is looked at again without being asked for: both belong to what is given up.
"""

from collections import OrderedDict
from typing import Final

from connector.clock import Clock
from connector.services.status_lists import SKEW, check_newer
from connector.trust.plain_lists import read_plain_list
from connector.trust.status import StatusList

KEPT: Final = 256


class PlainLists:
    """The newest plain list that was seen of each issuer at each address, since the start."""

    def __init__(self, clock: Clock, *, laboratory: bool) -> None:
        self._clock = clock
        self._laboratory = laboratory
        self._seen: OrderedDict[tuple[str, str], StatusList] = OrderedDict()

    def read(self, document: str, *, url: str, issuer: str) -> StatusList:
        """Judge a list that was just fetched.

        Raises:
            StatusInvalid: it does not hold, or is older than one that was seen.
        """
        now = self._clock.now()
        found = read_plain_list(document, url=url, issuer=issuer, now=now, skew=SKEW, laboratory=self._laboratory)
        key = (issuer, url)
        if key in self._seen:
            check_newer(found, self._seen[key])
        self._seen[key] = found
        self._seen.move_to_end(key)
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
        return found
