"""Imports, for staff."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enrichment.admin_base import DeletedByServiceMixin, LookOnlyAdmin, confirmed, link, section
from imports.models import ImportSession, Movie, RowProblem, Viewing
from imports.outcomes.ask_again import Which, ask_import_again
from imports.sessions import lifetime
from imports.sessions.delete import delete_import

from .of_session import address


class Life(admin.SimpleListFilter):
    title = _("life")
    parameter_name = "life"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("alive", _("Alive")), ("expired", _("Expired")), ("endless", _("Ends only when it is deleted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.value() == "endless":
            return queryset.filter(expires_at=None)
        if self.value() == "expired":
            return queryset.filter(expires_at__lte=now)
        return queryset.filter(pk__in=ImportSession.objects.alive()) if self.value() == "alive" else queryset


class OwnedBy(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "owned_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("account", _("An account")), ("browser", _("A browser"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(user__isnull=self.value() == "browser") if self.value() else queryset


@admin.register(ImportSession)
class ImportSessionAdmin(DeletedByServiceMixin, LookOnlyAdmin):
    list_display = (
        "short_id",
        "source",
        "owner",
        "status",
        "progress",
        "unclear",
        "age",
        "expires",
        "error_message",
    )
    list_filter = ("status", "source", Life, OwnedBy)
    list_select_related = ("user",)
    search_fields = ("id", "user__username")
    search_help_text = _("Search by the import's id, or by its owner's name.")
    ordering = ("-created_at",)
    actions = ("ask_failed_again", "ask_unclear_again", "extend", "expire_now")
    # without the browser's key, which opens the import
    fieldsets = (
        section(None, "id source owner_link status error_message films_link problems_link"),
        section(
            _("Counts"),
            "progress matched_count unsure_count unmatched_count failed_count entries_count series_count",
        ),
        section(_("Files"), "files_read"),
        section(_("Life"), "created_at age last_accessed expires_at closed_at link_readable time_zone revision"),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("imports.delete_importsession")

    @admin.display(description=_("Id"), ordering="id")
    def short_id(self, session: ImportSession) -> str:
        return str(session.pk)[:8]

    @admin.display(description=_("Owner"), ordering="user__username")
    def owner(self, session: ImportSession) -> str:
        return session.user.get_username() if session.user else gettext("a browser")

    @admin.display(description=_("Owner"))
    def owner_link(self, session: ImportSession) -> str:
        if session.user is None:
            return gettext("a browser")
        return link(reverse("admin:auth_user_change", args=[session.user.pk]), session.user)

    @admin.display(description=_("Films settled"), ordering="enriched_count")
    def progress(self, session: ImportSession) -> str:
        return gettext("%(done)d of %(all)d") % {"done": session.enriched_count, "all": session.total_movies}

    @admin.display(description=_("Without a match"))
    def unclear(self, session: ImportSession) -> int:
        return session.unclear_count

    @admin.display(description=_("Age"), ordering="-created_at")
    def age(self, session: ImportSession) -> str:
        return timesince(session.created_at, depth=1)

    @admin.display(description=_("Expires"), ordering="expires_at", empty_value="–")
    def expires(self, session: ImportSession) -> str | None:
        return date_format(timezone.localtime(session.expires_at), "j M H:i") if session.expires_at else None

    @admin.display(description=_("Films"))
    def films_link(self, session: ImportSession) -> str:
        return link(address("movie", session), session.movies.count())

    @admin.display(description=_("Row problems"))
    def problems_link(self, session: ImportSession) -> str:
        return link(address("rowproblem", session), session.problems.count())

    @admin.display(description=_("Files"))
    def files_read(self, session: ImportSession) -> str:
        rows = (
            (file["name"], file.get("kind", ""), filesizeformat(file.get("size", 0)), file.get("rows", 0))
            for file in session.files
        )
        return format_html_join("", format_html("<div>{}</div>", gettext("{}: {}, {}, {} rows")), rows)

    @confirmed(
        _("Ask TMDB again about their failed films"),
        _("The films that failed wait for TMDB again, in these imports and in others that have the same films."),
    )
    def ask_failed_again(self, rows: list[ImportSession]) -> str:
        return _asked(rows, Which.FAILED)

    @confirmed(
        _("Ask TMDB again about all their unclear films"),
        _(
            "The films that failed, were not found, or are not sure wait for TMDB again, in these imports and in "
            "others that have the same films. What people chose stays."
        ),
    )
    def ask_unclear_again(self, rows: list[ImportSession]) -> str:
        return _asked(rows, Which.UNCLEAR)

    @confirmed(
        _("Extend the selected imports"),
        _("They live on as if their owners had opened them now. Those that never end stay as they are."),
    )
    def extend(self, rows: list[ImportSession]) -> str:
        count = lifetime.extend(rows)
        return ngettext("%(n)d import is extended.", "%(n)d imports are extended.", count) % {"n": count}

    @confirmed(
        _("Expire the selected imports now"),
        _("From now on nobody can open them, their owners included, and the next clean-up deletes them."),
    )
    def expire_now(self, rows: list[ImportSession]) -> str:
        count = lifetime.expire_now(rows)
        return ngettext("%(n)d import is expired.", "%(n)d imports are expired.", count) % {"n": count}

    def delete_by_service(self, obj: Any) -> None:
        delete_import(obj)

    def goes_along(self, objs: Sequence[Any]) -> Mapping[str, int]:
        return counted(objs)


def counted(sessions: Iterable[ImportSession]) -> dict[str, int]:
    """What is in these imports, by its name."""
    ids = [session.pk for session in sessions]
    return {
        gettext("imports"): len(ids),
        gettext("films"): Movie.objects.filter(session__in=ids).count(),
        gettext("viewings"): Viewing.objects.filter(movie__session__in=ids).count(),
        gettext("row problems"): RowProblem.objects.filter(session__in=ids).count(),
    }


def _asked(sessions: Iterable[ImportSession], which: Which) -> str:
    count = sum(ask_import_again(session, which) for session in sessions)
    said = ngettext("TMDB is asked again about %(n)d film.", "TMDB is asked again about %(n)d films.", count)
    return said % {"n": count}
