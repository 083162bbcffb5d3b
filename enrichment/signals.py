"""How the rest hears of answers. Sent inside the settling transaction, so both happen or neither."""

from django.dispatch import Signal

settled = Signal()  # lookups: list[int], films: list[int] that have their answer now
# lookups: list[int], and films: list[int] after failed details, asked again: what was taken from them no longer stands
reopened = Signal()
purged = Signal()  # after everything of TMDB's was removed here: what others keep of it goes too. In no transaction
merged = Signal()  # old: int, new: int, the TMDB ids of a film that is another's record from now on
