"""For staff, within the admin: how the instance is doing, and what to do about it."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from enrichment import queue
from imports import operation, reasking
from imports.reasking import Which


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": gettext("Status"), "status": operation.status()}
    return render(request, "admin/status.html", context)


@require_POST
def status_ask_again(request: HttpRequest) -> HttpResponse:
    count = reasking.ask_everything_again(Which.FAILED)
    said = ngettext("%(n)d question is asked again.", "%(n)d questions are asked again.", count) % {"n": count}
    messages.success(request, said)
    return redirect("status")


@require_POST
def status_wake(request: HttpRequest) -> HttpResponse:
    queue.wake()
    messages.success(request, gettext("The workers look for open work now."))
    return redirect("status")
