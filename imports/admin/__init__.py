from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import background, films, library, people, sessions

__all__ = ["background", "films", "library", "people", "sessions"]

admin.site.site_header = "Reelkeeper"
admin.site.site_title = "Reelkeeper"
admin.site.index_title = _("Administration")
