"""What the instance asks of TMDB for its own sake, when nobody waits for anything: pages of the catalogue of the most
seen films, and records that grow old. Planned by a schedule, done by the same hands as all other work."""

import logging

from enrichment.films import catalogue
from enrichment.models import Upkeep, UpkeepKind
from enrichment.tmdb.types import Tmdb

from . import refresh
from .leases import finish, try_later

PAGE_WAITS = 3600.0  # seconds

log = logging.getLogger("reelkeeper.upkeep")


def do(row: Upkeep, tmdb: Tmdb) -> None:
    if row.kind == UpkeepKind.CATALOGUE_PAGE:
        catalogue.read_page(row.number, tmdb)
    else:
        refresh.film(row.number, tmdb)
    _finish(row)


def drop(row: Upkeep, error: str) -> None:
    """A film is planned again tomorrow; a page is tried again, for the catalogue counts as read only when all are."""
    log.warning("left out %s: %s", row, error)
    if row.kind == UpkeepKind.CATALOGUE_PAGE:
        try_later(row, error, wait=PAGE_WAITS)
    else:
        finish(row)


def _finish(row: Upkeep) -> None:
    if finish(row) and row.kind == UpkeepKind.CATALOGUE_PAGE and not catalogue.pages_waiting():
        catalogue.note_read()
