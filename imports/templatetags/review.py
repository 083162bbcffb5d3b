"""What the review's pages need beside the film tags."""

from django import template

from imports.models import Movie
from imports.outcomes.ask_again import can_ask

register = template.Library()


@register.filter
def asked_title(movie: Movie) -> str:
    """The title as TMDB was asked for it: without what the source wrote around it."""
    return movie.lookup.title if movie.lookup else movie.title


@register.filter
def can_be_asked_again(movie: Movie) -> bool:
    return can_ask(movie)
