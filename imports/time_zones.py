"""Names of time zones that mean the same on every machine."""

from functools import cache
from zoneinfo import available_timezones

# This machine's own, and a place holder; which of them there are depends on the machine.
_OF_A_MACHINE = {"localtime", "posixrules", "Factory"}


def is_known(name: str) -> bool:
    return name in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - _OF_A_MACHINE)
