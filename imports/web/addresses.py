"""Addresses of lists."""

from collections.abc import Mapping

from django.http import QueryDict


def shortened(parameters: QueryDict, defaults: Mapping[str, str]) -> QueryDict:
    """The parameters but those at their defaults: a form sends all its fields, an address needs few."""
    chosen = parameters.copy()
    for name, value in parameters.items():
        if value in ("", defaults.get(name)):
            del chosen[name]
    return chosen
