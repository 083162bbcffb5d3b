"""How the films were rated and liked, and how that stands to TMDB."""

from functools import cached_property

from django.utils.translation import gettext

from imports.statistics.shape import ComparedItem

from . import words
from .base import Base, Counted
from .shapes import Columns, FilmRow


class Ratings(Base):
    @cached_property
    def ratings(self) -> Columns | None:
        if not self.shows_ratings or not self.data["totals"]["rated"]:
            return None
        entries = [
            Counted(
                words.half_stars(group["stars"]),
                gettext("%(n)s stars") % {"n": words.stars(group["stars"])},
                group["films"],
                group["filter"],
            )
            for group in self.data["ratings"]
        ]
        return self._columns(gettext("Films by stars"), entries)

    @cached_property
    def rated(self) -> str:
        coverage = self.data["coverage"]
        if coverage["rated"] == coverage["films"]:
            # of one film there is no “all”
            return gettext("All of them are rated.") if coverage["films"] > 1 else ""
        if not coverage["rated"]:
            return gettext("None of these films is rated yet.")
        return gettext("%(rated)s of %(films)s are rated.") % {
            "rated": words.number(coverage["rated"]),
            "films": words.films(coverage["films"]),
        }

    @cached_property
    def unrated_url(self) -> str:
        return self.links.films({"rating": "none"}) if self.data["unrated"] else ""

    @cached_property
    def likes(self) -> str:
        likes = self.data["likes"]
        if not likes["films"] or likes["share"] is None:
            return ""
        sentence = gettext("%(films)s liked: %(share)s%% of those seen.") % {
            "films": words.films(likes["films"]),
            "share": words.stars(likes["share"]),
        }
        if likes["average"] is None or not self.shows_ratings:
            return sentence
        return sentence + " " + gettext("Rated %(n)s on average.") % {"n": words.stars(likes["average"])}

    @property
    def likes_url(self) -> str:
        return self.links.films(self.data["likes"]["filter"])

    @cached_property
    def against_tmdb(self) -> str:
        compared = self.data["against_tmdb"]
        if not self.shows_ratings or compared["yours"] is None or compared["tmdb"] is None:
            return ""
        numbers = {
            "films": words.films(compared["films"]),
            "votes": compared["least_votes"],
            "yours": words.stars(compared["yours"]),
            "tmdb": words.stars(compared["tmdb"]),
        }
        return (
            gettext(
                "%(yours)s stars here, %(tmdb)s at TMDB, over %(films)s that are rated and have %(votes)s votes there."
            )
            % numbers
        )

    @cached_property
    def differences(self) -> list[tuple[str, str, list[FilmRow]]]:
        if not self.shows_ratings:
            return []
        compared = self.data["against_tmdb"]
        lists = (
            ("higher", gettext("Rated higher than TMDB"), compared["higher"]),
            ("lower", gettext("Rated lower than TMDB"), compared["lower"]),
        )
        return [(key, title, self._films(films, self._difference)) for key, title, films in lists if films]

    @staticmethod
    def _difference(film: ComparedItem) -> str:
        return gettext("%(yours)s here, %(tmdb)s at TMDB: %(difference)s") % {
            "yours": words.stars(film["rating"] or 0),  # only what is rated is compared
            "tmdb": words.stars(film["tmdb_rating"]),
            "difference": words.signed(film["difference"]),
        }
