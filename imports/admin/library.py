"""People's libraries, for staff: what was concluded, what it follows from beside imports, and having it done anew."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enrichment.admin_base import LookOnlyAdmin, confirmed, link, section
from imports import queue
from imports.models import HandViewing, Library, LibraryChange, LibraryDecision, LibraryFilm, LibraryViewing
from imports.reconciling import marks


@admin.register(Library)
class LibraryAdmin(LookOnlyAdmin):
    list_display = ("user", "films", "viewings", "waiting", "revision", "reconciled_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = _("Search by the name of the account.")
    ordering = ("-user",)
    actions = ("reconcile_anew",)
    fieldsets = (section(None, "user films_link viewings_link waiting revision reconciled_at"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counts = {"n_films": LibraryFilm, "n_viewings": LibraryViewing, "n_waiting": LibraryChange}
        counted = {name: _count(model) for name, model in counts.items()}
        libraries: QuerySet[Any] = super().get_queryset(request).annotate(**counted)
        return libraries

    @admin.display(description=_("Films"), ordering="n_films")
    def films(self, library: Any) -> int:
        return library.n_films or 0

    @admin.display(description=_("Viewings"), ordering="n_viewings")
    def viewings(self, library: Any) -> int:
        return library.n_viewings or 0

    @admin.display(description=_("Changes that wait"), ordering="n_waiting")
    def waiting(self, library: Any) -> int:
        return library.n_waiting or 0

    @admin.display(description=_("Films"))
    def films_link(self, library: Any) -> str:
        return link(_of_person("libraryfilm", library), self.films(library))

    @admin.display(description=_("Viewings"))
    def viewings_link(self, library: Any) -> str:
        return link(_of_person("libraryviewing", library), self.viewings(library))

    @confirmed(
        _("Reconcile anew"),
        _("Every film of these libraries is concluded anew from what imports and people tell. What people said stays."),
    )
    def reconcile_anew(self, rows: list[Library]) -> str:
        marks.mark_all([library.pk for library in rows])
        queue.keep_libraries()
        said = ngettext("%(n)d library is reconciled anew.", "%(n)d libraries are reconciled anew.", len(rows))
        return said % {"n": len(rows)}


@admin.register(LibraryFilm)
class LibraryFilmAdmin(LookOnlyAdmin):
    list_display = ("__str__", "user", "tmdb_movie", "rating", "viewings_count", "last_watched", "is_seen")
    list_filter = ("is_seen", "rating")
    list_select_related = ("user", "tmdb_movie")
    search_fields = ("title", "user__username")
    ordering = ("-id",)
    fieldsets = (
        section(None, "user title year tmdb_movie key sources is_seen liked_on marked_on"),
        section(_("Viewings"), "viewings_link first_watched last_watched"),
        section(_("Rating"), "rating rating_source rated_on ratings"),
        section(_("What tells of it"), "evidence viewings_count joined folded taken_out"),
    )

    @admin.display(description=_("Viewings"))
    def viewings_link(self, film: LibraryFilm) -> str:
        return link(f"{reverse('admin:imports_libraryviewing_changelist')}?film__exact={film.pk}", film.viewings_count)


@admin.register(LibraryViewing)
class LibraryViewingAdmin(LookOnlyAdmin):
    list_display = ("film", "watched_on", "source", "rating", "rewatch", "has_review", "user")
    list_filter = ("source", "rewatch", "has_review")
    list_select_related = ("film", "user")
    search_fields = ("film__title", "user__username")
    ordering = ("-id",)
    fieldsets = (section(None, "user film watched_on source rating rewatch tags has_review place told_by"),)


@admin.register(LibraryDecision)
class LibraryDecisionAdmin(LookOnlyAdmin):
    list_display = ("kind", "user", "refs", "decided_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-id",)
    fieldsets = (section(None, "user kind refs values decided_at decided_with"),)


@admin.register(HandViewing)
class HandViewingAdmin(LookOnlyAdmin):
    list_display = ("tmdb_movie", "watched_on", "rating", "user", "created_at", "removed_at")
    list_select_related = ("tmdb_movie", "user")
    search_fields = ("tmdb_movie__title", "user__username")
    ordering = ("-id",)
    fieldsets = (
        section(None, "user tmdb_movie watched_on rating rewatch tags review"),
        section(_("Life"), "key created_at removed_at"),
    )


def _count(model: Any) -> Subquery:
    """How many rows of this kind the person of a library has; null: none."""
    of_person = model.objects.filter(user=OuterRef("pk")).order_by().values("user")
    return Subquery(of_person.annotate(n=Count("pk")).values("n"))


def _of_person(model_name: str, library: Library) -> str:
    return f"{reverse(f'admin:imports_{model_name}_changelist')}?user__exact={library.pk}"
