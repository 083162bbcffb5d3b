"""Read a newer export onto an import."""

from uuid import UUID

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from imports.forms.uploads import ROLES, UploadForm
from imports.models import ImportSession, Usage
from imports.sessions.compare import Changes
from imports.sessions.update import update_import
from imports.sources.base import RoleNeeded, SourceError
from imports.web import access, limits


@require_http_methods(["GET", "HEAD", "POST"])
def session_update(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_own_session_or_404(request, session_id)
    if request.method != "POST":
        return render(request, "sessions/update.html", {"session": session})
    form = UploadForm(request.POST, request.FILES)
    form.is_valid()
    try:
        with limits.counted(request, Usage.Kind.UPLOAD):
            changes = update_import(session, form.uploads(), ask=True, is_sure=_is_sure(request))
    except SourceError as error:
        return _refused(request, session, error, form)
    except ImportSession.DoesNotExist as gone:  # deleted meanwhile
        raise Http404 from gone
    messages.info(request, in_words(changes))
    return redirect(session)


def _is_sure(request: HttpRequest) -> bool:
    return request.POST.get("sure") == "on"


def in_words(changes: Changes) -> str:
    said = [gettext("Nothing new: the import stays as it is.")] if changes.are_none else [_new(changes)]
    if gone := _gone(changes):
        said.append(gone)
    return " ".join(said)


def _gone(changes: Changes) -> str:
    films, ratings, likes, viewings = (
        changes.missing,
        changes.gone_ratings,
        changes.gone_likes,
        changes.gone_viewings,
    )
    counted = (
        (films, ngettext("%(n)s film", "%(n)s films", films)),
        (ratings, ngettext("%(n)s rating", "%(n)s ratings", ratings)),
        (likes, ngettext("%(n)s like", "%(n)s likes", likes)),
        (viewings, ngettext("%(n)s viewing", "%(n)s viewings", viewings)),
    )
    lacking = [words % {"n": intcomma(n)} for n, words in counted if n]
    if not lacking:
        return ""
    sentence = ngettext(
        "%(counted)s is not in the newer file; it stays.",
        "%(counted)s are not in the newer file; they stay.",
        films + ratings + likes + viewings,
    ) % {"counted": get_text_list(lacking, gettext("and"))}
    return f"{sentence} {gettext('The report lists what is gone.')}"


def _new(changes: Changes) -> str:
    counted = [
        ngettext("%(n)d new film", "%(n)d new films", changes.films) % {"n": changes.films},
        ngettext("%(n)d new viewing", "%(n)d new viewings", changes.viewings) % {"n": changes.viewings},
        ngettext("%(n)d changed rating", "%(n)d changed ratings", changes.ratings) % {"n": changes.ratings},
    ]
    if changes.others:
        others = ngettext("%(n)d other change", "%(n)d other changes", changes.others)
        counted.append(others % {"n": changes.others})
    return gettext("Updated: %(counted)s. The report lists what has changed.") % {"counted": ", ".join(counted)}


def _refused(request: HttpRequest, session: ImportSession, error: SourceError, form: UploadForm) -> HttpResponse:
    context = {
        "session": session,
        "message": gettext(error.message) % error.params,
        "role_needed": error.file if isinstance(error, RoleNeeded) else "",
        "named_roles": form.named_roles(),
        # a box that was ticked is there again when something else is wrong with the files
        "asks_whose": _is_sure(request) or error.code == "another_account",
        "is_sure": _is_sure(request),
        "roles": ROLES,
    }
    return render(request, "sessions/update.html", context, status=error.status)
