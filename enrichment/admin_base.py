"""What the admin pages of both apps share: rows that nobody types over, and actions that ask before they act."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from . import admin_log

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

SHOWN = 20  # rows that a confirmation names

Act = Callable[[Any, list[Any]], str]  # does it with these rows, and says in a sentence what was done
Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]


class LookOnlyAdmin(ModelAdmin):
    """Shows rows, and lets nobody type over them: what can be done is an action that calls a service."""

    show_full_result_count = False
    list_per_page = 50
    view_on_site = False  # people's pages are theirs
    change_form_template = "admin/look_only.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename('change', self.opts)}")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["row_actions"] = self.get_action_choices(request, default_choices=[])
        context["action_checkbox_name"] = ACTION_CHECKBOX_NAME
        return super().render_change_form(request, context, *args, **kwargs)


class DeletedByServiceMixin(ModelAdmin):
    """Deletes, one or many, only by the service that pages use; row by row, so that no lock is held for long."""

    def delete_by_service(self, obj: Any) -> None:
        raise NotImplementedError

    def goes_along(self, objs: Sequence[Any]) -> Mapping[str, int]:
        """What is deleted with these, for the page that asks: names and numbers."""
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_by_service(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in list(queryset):
            self.delete_by_service(obj)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return admin_log.note(request.user, list(queryset), flag=DELETION)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Django's, but in no transaction around it: the services commit for themselves."""
        return self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What is deleted along, in numbers: Django would list every film of an import."""
        objs = list(objs)
        return [str(obj) for obj in objs], dict(self.goes_along(objs)), set(), []


def confirmed(description: Any, explanation: Any) -> Callable[[Act], Action]:
    """An action in two steps: a page that says what would be done to which rows; then it is done, logged and said."""

    def decorate(act: Act) -> Action:
        @admin.action(description=description, permissions=["act"])
        @wraps(act)
        def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            if "confirmed" not in request.POST:
                asked = {"action": act.__name__, "title": description, "explanation": explanation}
                return _ask(model_admin, request, queryset, asked)
            rows = list(queryset)
            said = act(model_admin, rows)
            admin_log.note(request.user, rows, str(description))
            model_admin.message_user(request, said, messages.SUCCESS)
            return None

        return action

    return decorate


def section(title: Any, fields: str) -> Any:
    """A fieldset."""
    return title, {"fields": fields.split()}


def link(address: str, text: object) -> str:
    return format_html('<a href="{}">{}</a>', address, text)


def _ask(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any], asked: Mapping[str, Any]) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        **asked,
        "opts": model_admin.opts,
        "count": queryset.count(),
        "rows": queryset[:SHOWN],
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "is_all": request.POST.get("select_across") == "1",
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return render(request, "admin/confirm_action.html", context)
