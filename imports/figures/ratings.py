"""How the films were rated and liked, and how that stands to TMDB."""

from functools import cached_property

from django.utils.translation import gettext

from . import words
from .base import Base, Section
from .shapes import Columns


class Ratings(Base):
    @cached_property
    def ratings(self) -> Columns | None:
        if not self.shows_ratings or not self.data["totals"]["rated"]:
            return None
        found = [
            (words.half_stars(one["stars"]), gettext("%(n)s stars") % {"n": words.stars(one["stars"])}, one)
            for one in self.data["ratings"]
        ]
        return self._columns(gettext("Films by stars"), found, "films")

    @cached_property
    def rated(self) -> str:
        coverage = self.data["coverage"]
        if coverage["rated"] == coverage["films"]:
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
        if not likes["films"]:
            return ""
        told = gettext("%(films)s liked: %(share)s%% of those seen.") % {
            "films": words.films(likes["films"]),
            "share": words.stars(likes["share"]),
        }
        if likes["average"] is None or not self.shows_ratings:
            return told
        return told + " " + gettext("Rated %(n)s on average.") % {"n": words.stars(likes["average"])}

    @property
    def likes_url(self) -> str:
        return self.links.films(self.data["likes"]["filter"])

    @cached_property
    def against_tmdb(self) -> str:
        compared = self.data["against_tmdb"]
        if not self.shows_ratings or not compared["films"]:
            return ""
        told = {
            "films": words.films(compared["films"]),
            "votes": compared["least_votes"],
            "yours": words.stars(compared["yours"]),
            "tmdb": words.stars(compared["tmdb"]),
        }
        return (
            gettext(
                "%(yours)s stars here, %(tmdb)s at TMDB, over %(films)s that are rated and have %(votes)s votes there."
            )
            % told
        )

    @cached_property
    def differences(self) -> list[tuple[str, str, list[Section]]]:
        compared = self.data["against_tmdb"] if self.shows_ratings else {"higher": [], "lower": []}
        lists = (("higher", gettext("Rated higher than TMDB")), ("lower", gettext("Rated lower than TMDB")))
        return [(key, title, self._films(compared[key], self._difference)) for key, title in lists if compared[key]]

    @staticmethod
    def _difference(film: Section) -> str:
        return gettext("%(yours)s here, %(tmdb)s at TMDB: %(difference)s") % {
            "yours": words.stars(film["rating"]),
            "tmdb": words.stars(film["tmdb_rating"]),
            "difference": words.signed(film["difference"]),
        }
