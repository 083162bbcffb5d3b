"""Rows for tests: valid and minimal by default; a trait per state a test may need."""

import factory
from django.contrib.auth.models import User
from django.utils import timezone
from factory.django import DjangoModelFactory

from enrichment import titles
from enrichment.models import DetailsStatus, LookupStatus, TitleLookup, TmdbMovie
from imports.models import ChosenBy, ImportSession, Movie, Outcome, Ranking, SessionStatus, Source, Viewing


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")


class TmdbMovieFactory(DjangoModelFactory[TmdbMovie]):
    class Meta:
        model = TmdbMovie

    class Params:
        done = factory.Trait(details_status=DetailsStatus.DONE, fetched_at=factory.LazyFunction(timezone.now))
        pending = factory.Trait(details_status=DetailsStatus.PENDING)

    tmdb_id = factory.Sequence(lambda n: 1000 + n)
    title = factory.Sequence(lambda n: f"Film {n}")
    original_title = ""
    title_key = factory.LazyAttribute(lambda film: titles.key(film.title))
    original_key = factory.LazyAttribute(lambda film: titles.key(film.original_title))


class TitleLookupFactory(DjangoModelFactory[TitleLookup]):
    class Meta:
        model = TitleLookup

    class Params:
        matched = factory.Trait(
            status=LookupStatus.MATCHED,
            tmdb_movie=factory.SubFactory(TmdbMovieFactory, done=True),
            confidence=1.0,
            asked_at=factory.LazyFunction(timezone.now),
        )
        unmatched = factory.Trait(status=LookupStatus.UNMATCHED, asked_at=factory.LazyFunction(timezone.now))

    title = factory.Sequence(lambda n: f"Question {n}")  # not a film's: its own lookup bears its title
    title_key = factory.LazyAttribute(lambda lookup: titles.key(lookup.title))
    year = 2001


class ImportSessionFactory(DjangoModelFactory[ImportSession]):
    """A browser's Letterboxd import that is being matched."""

    class Meta:
        model = ImportSession

    source = Source.LETTERBOXD
    status = SessionStatus.ENRICHING
    browser_key = factory.Sequence(lambda n: f"browser-{n}")
    link_readable = True


class MovieFactory(DjangoModelFactory[Movie]):
    """An open film; `matched` settles it (the session's counters are the test's to keep)."""

    class Meta:
        model = Movie

    class Params:
        matched = factory.Trait(
            outcome=Outcome.MATCHED,
            settled_at=factory.LazyFunction(timezone.now),
            chosen_by=ChosenBy.MACHINE,
            tmdb_movie=factory.SubFactory(TmdbMovieFactory, done=True),
        )

    session = factory.SubFactory(ImportSessionFactory)
    title = factory.Sequence(lambda n: f"Title {n}")
    source_key = factory.Sequence(lambda n: f"https://boxd.it/{n}")
    year = 2001
    turn = factory.Sequence(lambda n: n)
    lookup = factory.SubFactory(
        TitleLookupFactory, title=factory.SelfAttribute("..title"), year=factory.SelfAttribute("..year")
    )


class ViewingFactory(DjangoModelFactory[Viewing]):
    class Meta:
        model = Viewing

    movie = factory.SubFactory(MovieFactory)
    entry_uri = factory.Sequence(lambda n: f"https://boxd.it/e{n}")


class RankingFactory(DjangoModelFactory[Ranking]):
    class Meta:
        model = Ranking

    user = factory.SubFactory(UserFactory)
    tmdb_movie = factory.SubFactory(TmdbMovieFactory, done=True)
    title = factory.LazyAttribute(lambda ranking: ranking.tmdb_movie.title)
    rated_at = factory.LazyFunction(timezone.localdate)
