"""The statistics as a page shows them: bars, a calendar, lists and sentences, with links to the films behind them.
Needs the data of imports.statistics and nothing else, so that pages with other rules can show parts of it."""

from .kinds import Kinds
from .notable import Notable
from .origins import Origins
from .overview import Overview
from .ratings import Ratings
from .reviews import Reviews
from .time import InTime


class Figures(Overview, Ratings, InTime, Kinds, Notable, Reviews, Origins):
    """All of it. A part that has nothing to say is empty or None."""
