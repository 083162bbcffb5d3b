"""The diary of a library, a page of it."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imports.forms.diary import DiaryFilterForm
from imports.library import diary, questions
from imports.library.diary import Calendar
from imports.library.reviews import ReviewOf, reviews_of
from imports.library.words import source_name
from imports.models import LibraryViewing
from imports.reconciling.keeping import up_to_date
from imports.web.access import person
from imports.web.addresses import shortened
from imports.web.htmx import HtmxHttpRequest, wants_fragment, with_address

VIEWINGS_A_PAGE = 50


class Entry(NamedTuple):
    """A viewing with its reviews, and where it is known from."""

    viewing: LibraryViewing
    reviews: Sequence[ReviewOf]

    @property
    def sources(self) -> list[str]:
        return [
            source_name(source) for source in dict.fromkeys(evidence["source"] for evidence in self.viewing.told_by)
        ]


class OnPage(NamedTuple):
    """A month, with its entries on this page."""

    month: diary.Month | None  # None: without a day
    entries: Sequence[Entry]


def entries_of(viewings: Sequence[LibraryViewing]) -> list[Entry]:
    reviews = reviews_of(viewings)
    return [Entry(viewing, reviews.get(viewing.pk, [])) for viewing in viewings]


@require_safe
@login_required
@vary_on_headers("HX-Request")
def library_diary(request: HtmxHttpRequest) -> HttpResponse:
    user = person(request)
    is_complete = up_to_date(user)
    form = DiaryFilterForm(request.GET)
    filters, chosen = form.filters(), shortened(request.GET, {})
    page = Paginator(diary.find(user, filters), VIEWINGS_A_PAGE).get_page(request.GET.get("page"))
    entries, calendar = entries_of(list(page)), diary.calendar(user, filters)
    year = filters.when[:4]
    context = {
        "form": form,
        "filters": filters,
        "chosen": chosen,
        "page": page,
        "months": _months(entries, calendar),
        "calendar": calendar,
        "year": year,
        "months_of_year": calendar.months_of(year),
        "is_complete": is_complete,
        "back": request.get_full_path(),
    }
    if wants_fragment(request):
        return with_address(request, render(request, "library/_diary.html", context), chosen)
    return render(request, "library/diary.html", context | {"questions_count": questions.count(user)})


def _months(entries: Sequence[Entry], calendar: Calendar) -> list[OnPage]:
    months = {month.name: month for month in calendar.months}
    return [OnPage(months.get(name), list(of_month)) for name, of_month in groupby(entries, _month)]


def _month(entry: Entry) -> str:
    day = entry.viewing.watched_on
    return day.isoformat()[:7] if day else ""
