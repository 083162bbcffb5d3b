"""What belongs to people, for staff: their accounts, rankings, links and memories."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrichment.admin_base import DeletedByServiceMixin, LookOnlyAdmin, section
from imports.accounts import account
from imports.models import ImportSession, MatchMemory, Ranking, ShareLink
from imports.sharing.links import revoke_link

from .sessions import counted

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(DeletedByServiceMixin, UserAdmin):  # type: ignore[type-arg]
    """Django's own, but an account goes as when its person deletes it."""

    def delete_by_service(self, obj: Any) -> None:
        account.delete_account(obj)

    def goes_along(self, objs: Sequence[Any]) -> Mapping[str, int]:
        imports = ImportSession.objects.filter(user__in=objs)
        rankings = Ranking.objects.filter(user__in=objs).count()
        return {gettext("accounts"): len(objs), **counted(imports), gettext("rankings"): rankings}


@admin.register(Ranking)
class RankingAdmin(LookOnlyAdmin):
    list_display = ("__str__", "user", "rating", "rated_at", "tmdb_movie", "changed_at")
    list_filter = ("rating",)
    list_select_related = ("user", "tmdb_movie")
    search_fields = ("title", "user__username")
    ordering = ("-id",)
    fieldsets = (section(None, "user title year tmdb_movie rating rated_at movie changed_at created_at"),)


@admin.register(MatchMemory)
class MatchMemoryAdmin(LookOnlyAdmin):
    list_display = ("title_key", "year", "user", "tmdb_movie", "decided_at")
    list_select_related = ("user", "tmdb_movie")
    search_fields = ("title_key", "user__username")
    ordering = ("-id",)
    fieldsets = (section(None, "user title_key year tmdb_movie movie decided_at"),)


@admin.register(ShareLink)
class ShareLinkAdmin(DeletedByServiceMixin, LookOnlyAdmin):
    """Share links without their tokens, which are kept nowhere, and without the hashes. Deleting one revokes it."""

    list_display = ("__str__", "session", "user", "created_at", "expires_at")
    list_select_related = ("session", "user")
    search_fields = ("name", "user__username", "session__user__username", "session__id")
    ordering = ("-id",)
    fieldsets = (
        section(None, "session user name created_at expires_at"),
        section(_("Shows"), "shows_films shows_statistics shows_ratings shows_reviews shows_dates"),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("imports.delete_sharelink")

    def delete_by_service(self, obj: Any) -> None:
        revoke_link(obj)

    def goes_along(self, objs: Sequence[Any]) -> Mapping[str, int]:
        return {gettext("share links"): len(objs)}
