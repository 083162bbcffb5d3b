"""Films and questions, for staff."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from . import admin_log, services
from .admin_base import LookOnlyAdmin, confirmed, link, section
from .forms_admin import ChooseFilmForm
from .matching import REASONS
from .models import TitleLookup, TmdbMovie
from .work import refresh


@admin.register(TmdbMovie)
class TmdbMovieAdmin(LookOnlyAdmin):
    list_display = ("__str__", "tmdb_id", "details_status", "vote_count", "fetched_at", "attempts", "error")
    list_filter = ("details_status", "catalogue")
    search_fields = ("title", "original_title", "tmdb_id__exact", "imdb_id__exact")
    ordering = ("tmdb_id",)
    actions = ("ask_again",)
    fieldsets = (
        section(None, "tmdb_id imdb_id title original_title release_date runtime overview"),
        section(_("Who and where"), "directors cast genres countries original_language"),
        section(_("Figures"), "budget revenue popularity vote_average vote_count poster_path"),
        section(
            _("Asking TMDB"),
            "details_status error attempts next_attempt_at leased_until catalogue created_at fetched_at",
        ),
    )

    @confirmed(
        _("Ask TMDB again about the selected films"),
        _(
            "Failed details are fetched at once. What is known already is brought up to date when nobody waits for "
            "anything. A film that TMDB deleted is not asked for."
        ),
    )
    def ask_again(self, rows: list[TmdbMovie]) -> str:
        count = refresh.ask_again([film.pk for film in rows])
        return ngettext("%(n)d film is asked for again.", "%(n)d films are asked for again.", count) % {"n": count}


@admin.register(TitleLookup)
class TitleLookupAdmin(LookOnlyAdmin):
    list_display = ("__str__", "status", "tmdb_movie", "confidence", "attempts", "asked_at", "error")
    list_filter = ("status", "catalogue")
    list_select_related = ("tmdb_movie",)
    search_fields = ("title",)
    ordering = ("-id",)
    actions = ("ask_again", "choose_film")
    fieldsets = (
        section(None, "title variants year title_key"),
        section(_("Answer"), "status tmdb_movie confidence reasons_in_words candidates_in_words"),
        section(_("Asking TMDB"), "error attempts next_attempt_at leased_until catalogue created_at asked_at"),
    )

    @admin.display(description=_("Reasons"))
    def reasons_in_words(self, lookup: TitleLookup) -> str:
        known = (reason for reason in lookup.reasons if reason["code"] in REASONS)
        return ", ".join(gettext(REASONS[reason["code"]]) % reason for reason in known)

    @admin.display(description=_("Candidates"))
    def candidates_in_words(self, lookup: TitleLookup) -> str:
        films = TmdbMovie.objects.in_bulk([candidate["id"] for candidate in lookup.candidates])
        shown = (
            (link(reverse("admin:enrichment_tmdbmovie_change", args=[pk]), films.get(pk, f"TMDB {pk}")), score)
            for pk, score in ((candidate["id"], candidate["score"]) for candidate in lookup.candidates)
        )
        return format_html_join("", "<div>{}: {}</div>", shown)

    @confirmed(
        _("Ask TMDB again about the selected questions"),
        _(
            "The machine's answers are taken back from every import that has them, and TMDB is asked anew. "
            "What people chose, rated or left out stays."
        ),
    )
    def ask_again(self, rows: list[TitleLookup]) -> str:
        count = services.ask_again(rows)
        return ngettext("%(n)d question is asked again.", "%(n)d questions are asked again.", count) % {"n": count}

    @admin.action(description=_("Choose the film by hand"), permissions=["act"])
    def choose_film(self, request: HttpRequest, queryset: QuerySet[TitleLookup]) -> HttpResponse | None:
        lookups = list(queryset[:2])
        if len(lookups) == 1:
            return redirect("admin:enrichment_titlelookup_choose", lookups[0].pk)
        self.message_user(request, gettext("Select one question: a film is chosen for one at a time."), messages.ERROR)
        return None

    def get_urls(self) -> list[Any]:
        choose = self.admin_site.admin_view(self.choose_view)
        return [path("<int:lookup_id>/choose/", choose, name="enrichment_titlelookup_choose"), *super().get_urls()]

    def choose_view(self, request: HttpRequest, lookup_id: int) -> HttpResponse:
        if not self.has_act_permission(request):
            raise PermissionDenied
        lookup = TitleLookup.objects.select_related("tmdb_movie").filter(pk=lookup_id).first()
        if lookup is None:
            raise Http404
        form = ChooseFilmForm(lookup, request.POST if request.method == "POST" else None)
        if form.is_valid():
            services.choose(lookup.pk, form.tmdb_id)
            admin_log.note(request.user, [lookup], f"Chose the film by hand: TMDB {form.tmdb_id}")
            self.message_user(request, gettext("The film is chosen."), messages.SUCCESS)
            return redirect("admin:enrichment_titlelookup_change", lookup.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Choose the film by hand"),
            "subtitle": str(lookup),
            "opts": self.opts,
            "lookup": lookup,
            "form": form,
        }
        return render(request, "admin/enrichment/titlelookup/choose.html", context)
