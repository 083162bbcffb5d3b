"""A film that the person adds by hand."""

from datetime import date

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from enrichment.models import DetailsStatus, TmdbMovie
from imports.reconciling import evidence

from . import rankings, viewings

ALREADY_IN = viewings.CantTell(
    gettext_noop("This film is in your library already. To add a viewing, tell the day."), "already_there", 409
)


def tell(user: User, film: TmdbMovie, values: viewings.Values, *, today: date) -> viewings.Undoable | None:
    """The person saw this film, on a day or without one. Stars are their rating of the film, too, unless they have
    rated it before. Returns how to undo the viewing; None: only the film is in their library. Raises CantTell."""
    if film.details_status == DetailsStatus.GONE:
        raise viewings.FILM_GONE
    says_more = values["watched_on"] or values["rewatch"] or values["tags"] or values["review"]
    if not says_more and not _is_rating_taken_out(user, film):
        _, is_new = rankings.add(user, film, values["rating"], today)
        if not is_new:
            raise ALREADY_IN
        return None
    done = viewings.added(viewings.add(user, film.pk, values, today=today))
    if values["rating"] is not None:
        rankings.add(user, film, values["rating"], values["watched_on"] or today)
    return done


def _is_rating_taken_out(user: User, film: TmdbMovie) -> bool:
    """They said of their rating that it is not theirs: it tells of nothing any more."""
    return evidence.ref_of_ranking(film.pk) in evidence.decisions_of(user.pk).not_mine
