"""For staff, within the admin: how the instance is doing, and what to do about it."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from enrichment import admin_log
from enrichment import queue as enrichment_queue
from enrichment import services as enrichment
from imports import queue
from imports.operation.status import instance_status
from imports.outcomes.ask_again import Which, ask_everything_again

# raise_exception: whoever gets here is signed in, and would be sent to sign in again and again
may_act = permission_required("imports.change_importsession", raise_exception=True)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    # each_context: what the admin's own pages have around them
    context = {**admin.site.each_context(request), "title": gettext("Status"), "status": instance_status()}
    return render(request, "admin/status.html", context)


@require_POST
@may_act
def status_ask_again(request: HttpRequest) -> HttpResponse:
    count = ask_everything_again(Which.FAILED)
    said = ngettext("%(n)d question is asked again.", "%(n)d questions are asked again.", count) % {"n": count}
    return _done(request, said)


@require_POST
@may_act
def status_wake(request: HttpRequest) -> HttpResponse:
    enrichment_queue.wake()
    return _done(request, gettext("The workers look for open work now."))


@require_POST
@may_act
def status_clean_up(request: HttpRequest) -> HttpResponse:
    queue.clean_up()
    return _done(request, gettext("Expired imports are deleted as soon as a worker is free."))


@require_POST
@may_act
def status_read_catalogue(request: HttpRequest) -> HttpResponse:
    if settings.TMDB.is_sample:  # the sample has no catalogue
        raise Http404
    if enrichment.read_catalogue():
        return _done(request, gettext("The catalogue is read again, when nobody waits for anything."))
    return _done(request, gettext("The catalogue is being read already."))


def _done(request: HttpRequest, said: str) -> HttpResponse:
    admin_log.note_of_instance(request.user, said)
    messages.success(request, said)
    return redirect("status")
