"""What belongs to people, for staff: their accounts, rankings, links and memories."""

from collections.abc import Mapping, Sequence
from typing import Any

from axes.admin import AccessAttemptAdmin
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrichment.admin_base import DeletedByServiceMixin, LookOnlyAdmin, section
from imports.accounts import account, tokens
from imports.models import ImportSession, LibraryFilm, MatchMemory, Ranking, ShareLink
from imports.sharing.links import revoke_link

from .sessions import counted

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")  # what an account may, given by superusers alone

admin.site.unregister([User, Group])
AccessAttemptAdmin.actions = ()  # axes's own fails: its clean-up wants a request of someone who signs in


def may_more(person: User, staff: User | AnonymousUser) -> bool:
    """Is this an account that staff could gain rights by, if they might change it? Also one that is closed."""
    if staff.is_superuser:
        return False
    given = Permission.objects.filter(Q(user=person) | Q(group__user=person)).select_related("content_type")
    rights = {f"{right.content_type.app_label}.{right.codename}" for right in given}
    return person.is_superuser or not rights <= staff.get_all_permissions()


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Django's own, but whoever has a token of the account is shut out too."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        tokens.revoke_all(user)
        return user


@admin.register(User)
class AccountAdmin(DeletedByServiceMixin, UserAdmin):  # type: ignore[type-arg]
    """Django's own, but an account goes as when its person deletes it, and nobody gives rights, or takes over an
    account with more of them, who is no superuser."""

    change_password_form = NewPasswordForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and may_more(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and may_more(obj, request.user))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return [(title, {**rest, "fields": _shown(request, rest["fields"])}) for title, rest in fieldsets]

    def get_list_display(self, request: HttpRequest) -> Any:
        return _shown(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> Any:
        return _shown(request, super().get_list_filter(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        is_power = lookup.split("__")[0] in POWERS
        return (not is_power or request.user.is_superuser) and super().lookup_allowed(lookup, value, request)

    def delete_by_service(self, obj: Any) -> None:
        account.delete_account(obj)

    def goes_along(self, objs: Sequence[Any]) -> Mapping[str, int]:
        imports = ImportSession.objects.filter(user__in=objs)
        rankings = Ranking.objects.filter(user__in=objs).count()
        in_libraries = {gettext("films in libraries"): LibraryFilm.objects.filter(user__in=objs).count()}
        return {gettext("accounts"): len(objs), **counted(imports), gettext("rankings"): rankings, **in_libraries}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Django asks here, for several accounts chosen at once, which of them may not be deleted."""
        objs = list(objs)
        deleted, counts, _refused, protected = super().get_deleted_objects(objs, request)
        refused = {str(user) for user in objs if not self.has_delete_permission(request, user)}
        return deleted, counts, refused, protected


@admin.register(Group)
class RightsAdmin(GroupAdmin):
    """Django's own, for superusers: who may change a group could give themselves whatever there is."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission


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


def _shown(request: HttpRequest, names: Sequence[Any]) -> list[Any]:
    return [name for name in names if name not in POWERS or request.user.is_superuser]
