"""The films that people have seen most, kept here, so that most titles need no search at TMDB."""

from .films import keep_hits
from .tmdb.types import Tmdb


def read_page(page: int, tmdb: Tmdb) -> None:
    keep_hits(tmdb.most_voted(page).hits)
