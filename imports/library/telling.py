"""A film that the person adds by hand."""

from datetime import date

from django.contrib.auth.models import User

from enrichment.models import DetailsStatus, TmdbMovie

from . import rankings, viewings


def tell(user: User, film: TmdbMovie, values: viewings.Values, *, today: date) -> bool:
    """The person saw this film, on a day or without one. Stars are their rating of the film, too, unless they have
    rated it before. Returns whether that was new. Raises CantTell."""
    if film.details_status == DetailsStatus.GONE:
        raise viewings.FILM_GONE
    is_viewing = bool(values["watched_on"] or values["rewatch"] or values["tags"] or values["review"])
    if is_viewing:
        viewings.add(user, film.pk, values, today=today)
    if is_viewing and not values["rating"]:
        return True
    # a film of which nothing else is told is in their library by its ranking alone
    _, is_ranked_now = rankings.add(user, film, values["rating"], values["watched_on"] or today)
    return is_viewing or is_ranked_now
