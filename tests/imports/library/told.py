"""What imports tell of a person's films, in few words."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from enrichment.models import TmdbMovie
from imports.models import Decision, LibraryFilm, Movie, Source
from tests.factories import ImportSessionFactory, MovieFactory, TmdbMovieFactory, ViewingFactory


def seen(
    user: User,
    title: str,
    *days: str,
    source: str = Source.LETTERBOXD,
    facts: dict[str, Any] | None = None,
    **more: Any,
) -> Movie:
    """A film of the person's import from that source, watched on these days. With `facts` it is TMDB's film that has
    these, the same for the same title; without, nobody knows which it is."""
    is_review = source == Source.PRIME_VIDEO
    session = user.import_sessions.filter(source=source).first() or ImportSessionFactory(
        user=user, browser_key="", source=source, link_readable=not is_review
    )
    if facts is not None:
        film = TmdbMovie.objects.filter(title=title).first()
        more |= {"matched": True, "tmdb_movie": film or TmdbMovieFactory(done=True, title=title, **facts)}
    if is_review:
        more |= {"decision": Decision.ADDED, "decided_at": timezone.now()}
    if known := Movie.objects.filter(session__user=user, title=title).first():
        more["lookup"] = known.lookup
    movie: Movie = MovieFactory(session=session, title=title, is_seen=True, **more)
    for day in days:
        ViewingFactory(movie=movie, watched_on=day)
    return movie


def streamed(user: User, title: str, *days: str, **more: Any) -> Movie:
    return seen(user, title, *days, source=Source.PRIME_VIDEO, **({"facts": {}} | more))


def film_of(user: User, title: str) -> LibraryFilm:
    return LibraryFilm.objects.get(user=user, title=title)


def days_of(film: LibraryFilm) -> list[str]:
    return [str(viewing.watched_on) for viewing in film.viewings.order_by("place")]


def text(client: Client, url: str) -> str:
    """The page's HTML, its spaces single."""
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())
