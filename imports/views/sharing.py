"""Links to share an import or a library: listed, made, revoked, by their owner."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports.forms.sharing import ShareForm
from imports.library import questions
from imports.models import ImportSession, ShareLink
from imports.sharing import previews, reading
from imports.sharing.links import Shareable, TooManyLinks, let_read, make_link, revoke_link
from imports.web import access

PNG = "image/png"
MADE = "made_link"  # in the browser's session, until its page has shown it: the token, and that page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_share(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return _page(request, access.get_own_session_or_404(request, session_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def library_share(request: HttpRequest) -> HttpResponse:
    return _page(request, _person(request))


@require_POST
def session_share_reading(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Whether the import's own address may be read by anyone. A Prime import's never is."""
    session = access.get_own_session_or_404(request, session_id)
    if session.is_review:
        raise Http404
    let_read(session, request.POST.get("reading") == "on")
    if session.link_readable:
        messages.success(request, gettext("The import's own address can be read by anyone who has it."))
    else:
        messages.success(request, gettext("The import's own address is yours alone now."))
    return redirect("imports:session_share", session_id)


@require_POST
def session_share_revoke(request: HttpRequest, session_id: UUID, link_id: int) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    return _revoke(request, session, link_id)


@require_POST
@login_required(redirect_field_name=None)  # nobody can be led back to a POST
def library_share_revoke(request: HttpRequest, link_id: int) -> HttpResponse:
    return _revoke(request, _person(request), link_id)


@require_safe
def session_share_preview(request: HttpRequest, session_id: UUID, link_id: int) -> HttpResponse:
    return _preview(access.get_own_session_or_404(request, session_id), link_id)


@require_safe
@login_required
def library_share_preview(request: HttpRequest, link_id: int) -> HttpResponse:
    return _preview(_person(request), link_id)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # login_required


def _page(request: HttpRequest, thing: Shareable) -> HttpResponse:
    form = ShareForm(request.POST if request.method == "POST" else None)
    if form.is_bound and _make(request, thing, form):
        return HttpResponseRedirect(request.path, status=303)  # a reload makes no other
    context: dict[str, object] = {
        "session": thing if isinstance(thing, ImportSession) else None,
        "form": form,
        "made": _made(request),
        "links": [_row(thing, link) for link in thing.share_links.all()],
    }
    if isinstance(thing, User):
        context["questions_count"] = questions.count(thing)
    return render(request, "sharing/share.html", context, status=422 if form.is_bound else 200)


def _made(request: HttpRequest) -> str:
    """The address of the link just made, said once."""
    # neither a HEAD nor another page uses it up
    if request.method != "GET" or request.session.get(MADE, {}).get("page") != request.path:
        return ""
    token = request.session.pop(MADE)["token"]
    return request.build_absolute_uri(reverse("imports:shared", args=[token]))


def _make(request: HttpRequest, thing: Shareable, form: ShareForm) -> bool:
    """Make a link and keep its token for the next page; when it can't be made, the form says why and this is False."""
    if not form.is_valid():
        return False
    was_readable = isinstance(thing, ImportSession) and thing.link_readable
    try:
        _, token = make_link(thing, name=form.cleaned_data["name"], shows=form.shows(), expires_at=form.expires_at())
    except TooManyLinks as full:
        said = gettext("There are %(n)d links already: revoke one of them first.")
        form.add_error(None, said % {"n": full.most})
        return False
    except ObjectDoesNotExist:  # deleted meanwhile
        raise Http404 from None
    if was_readable:  # the first link has closed the import's own address
        messages.info(request, gettext("The import's own address is yours alone now: others see it by such links."))
    request.session[MADE] = {"page": request.path, "token": token}
    return True


def _row(thing: Shareable, link: ShareLink) -> dict[str, object]:
    place, where = ("session", [thing.pk]) if isinstance(thing, ImportSession) else ("library", [])
    return {
        "link": link,
        "title": previews.title(link),
        "revoke": reverse(f"imports:{place}_share_revoke", args=[*where, link.pk]),
        "preview": reverse(f"imports:{place}_share_preview", args=[*where, link.pk]),
    }


def _revoke(request: HttpRequest, thing: Shareable, link_id: int) -> HttpResponse:
    revoke_link(get_object_or_404(thing.share_links, pk=link_id))
    messages.success(request, gettext("The link is revoked: it leads nowhere now."))
    if isinstance(thing, ImportSession):
        return redirect("imports:session_share", thing.pk)
    return redirect("imports:library_share")


def _preview(thing: Shareable, link_id: int) -> HttpResponse:
    link = get_object_or_404(thing.share_links.select_related("session", "user"), pk=link_id)
    reading.bring_up_to_date(link)
    image = previews.preview(link)
    return HttpResponse(image, PNG, headers={"Cache-Control": "private, no-cache"})
