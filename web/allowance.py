"""How often somebody may come."""

import math
import time
from collections import Counter
from collections.abc import Hashable
from threading import Lock

import limits

from web import problems
from web.problems import Problem


class Allowance:
    """How often somebody may come; counted in this process only, the proxy's limit stands before.

    The limits package says what a rate means; its own store would start a thread every 10 ms.
    """

    def __init__(self, rate: str) -> None:
        """Take the rate in the words of the limits package, such as 200/second."""
        said = limits.parse(rate)
        self._most, self._seconds = said.amount, said.get_expiry()
        self._window = 0
        self._counting = Lock()
        self._spent: Counter[Hashable] = Counter()

    def spend(self, holder: Hashable) -> None:
        """Count one post, or say when the next one may come."""
        now = time.monotonic()
        window = int(now // self._seconds)
        with self._counting:
            if window != self._window:
                self._window = window
                self._spent.clear()
            self._spent[holder] += 1
            spent = self._spent[holder]
        if spent > self._most:
            wait = math.ceil((window + 1) * self._seconds - now)
            raise Problem(problems.TOO_MANY_REQUESTS, headers={"Retry-After": str(max(1, wait))})
