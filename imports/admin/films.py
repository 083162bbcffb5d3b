"""Films of imports, and what was wrong with their rows, for staff."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enrichment.admin_base import section
from imports.models import Movie, RowProblem, Viewing
from imports.sessions.report import row_reason

from .of_session import OfSessionAdmin

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Any, Any]
else:
    TabularInline = admin.TabularInline


class ViewingInline(TabularInline):
    model = Viewing
    extra = 0
    can_delete = False
    fields = readonly_fields = ("watched_on", "rating", "rewatch", "tags", "review", "entry_uri")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Movie)
class MovieAdmin(OfSessionAdmin):
    list_display = ("__str__", "outcome", "tmdb_movie", "chosen_by", "decision", "turn", "session")
    list_filter = ("outcome", "chosen_by", "decision", "kind", "is_seen")
    list_select_related = ("session", "tmdb_movie")
    search_fields = ("title",)
    ordering = ("-id",)
    inlines = (ViewingInline,)
    fieldsets = (
        section(None, "session title year kind letterboxd_uri source_key turn"),
        section(_("Match"), "outcome tmdb_movie chosen_by lookup settled_at"),
        section(_("What the person did"), "rating watched_on is_seen liked_on marked_on rated_on decision decided_at"),
    )


@admin.register(RowProblem)
class RowProblemAdmin(OfSessionAdmin):
    list_display = ("file", "line", "kind", "in_words", "session")
    list_filter = ("kind",)
    list_select_related = ("session",)
    search_fields = ("file", "reason", "detail")
    ordering = ("-id",)
    fieldsets = (section(None, "session file line kind in_words reason detail"),)

    @admin.display(description=_("Reason"))
    def in_words(self, problem: RowProblem) -> str:
        return row_reason(problem)
