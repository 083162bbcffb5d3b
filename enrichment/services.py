"""What others may have enrichment do. A door: what stands here is written in its rooms."""

from .films.catalogue import plan_if_due as plan_catalogue
from .films.catalogue import plan_pages as read_catalogue
from .films.search import SearchRefused, SearchUnavailable, search_by_hand, suggest
from .questions.asking import (
    Question,
    ask_again,
    ask_details,
    ask_details_again,
    ask_films,
    choose,
    get_or_create_lookups,
    leave_sample,
)
from .questions.forgetting import forget_unneeded, left_over
from .tmdb.images import posters
from .tmdb.key_check import try_tmdb

__all__ = [
    "Question",
    "SearchRefused",
    "SearchUnavailable",
    "ask_again",
    "ask_details",
    "ask_details_again",
    "ask_films",
    "choose",
    "forget_unneeded",
    "get_or_create_lookups",
    "leave_sample",
    "left_over",
    "plan_catalogue",
    "posters",
    "read_catalogue",
    "search_by_hand",
    "suggest",
    "try_tmdb",
]
