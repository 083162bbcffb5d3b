from django.contrib import admin
from django.urls import include, path

from imports.api import api
from imports.views.health import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("health", health, name="health"),
    path("", include("imports.urls")),
]

handler404 = "imports.views.errors.not_found"
handler500 = "imports.views.errors.server_error"
