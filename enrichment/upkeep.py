"""What the instance asks of TMDB for its own sake, when nobody waits for anything: pages of the catalogue of the most
seen films, and records that grow old. Planned by a schedule, done by the same hands as all other work."""

import logging

from . import catalogue
from .leases import finish
from .models import Upkeep, UpkeepKind
from .tmdb.types import Tmdb

log = logging.getLogger("reelkeeper.upkeep")


def do(row: Upkeep, tmdb: Tmdb) -> None:
    if row.kind == UpkeepKind.CATALOGUE_PAGE:
        catalogue.read_page(row.number, tmdb)
    finish(row)


def drop(row: Upkeep, error: str) -> None:
    """It is planned again when its time comes."""
    log.warning("left out %s: %s", row, error)
    finish(row)
