from django.contrib import admin
from django.urls import include, path, reverse_lazy

from imports.api import api
from imports.views import operation
from imports.views.accounts import ForgottenPasswordView, NewPasswordView, ResetView, SignUpView
from imports.views.health import health

urlpatterns = [
    # first what browsers and scripts poll, every second or two
    path("api/", api.urls),
    path("", include("imports.urls")),
    path("admin/status/", admin.site.admin_view(operation.status), name="status"),
    path("admin/status/ask-again/", admin.site.admin_view(operation.status_ask_again), name="status_ask_again"),
    path("admin/status/wake/", admin.site.admin_view(operation.status_wake), name="status_wake"),
    path("admin/status/clean-up/", admin.site.admin_view(operation.status_clean_up), name="status_clean_up"),
    path(
        "admin/status/read-catalogue/",
        admin.site.admin_view(operation.status_read_catalogue),
        name="status_read_catalogue",
    ),
    path(
        "admin/password_change/",  # before the admin's own, which lets the old one be guessed for ever
        admin.site.admin_view(NewPasswordView.as_view(success_url=reverse_lazy("admin:password_change_done"))),
    ),
    path("admin/", admin.site.urls),
    path("accounts/password_change/", NewPasswordView.as_view(), name="password_change"),
    path("accounts/password_reset/", ResetView.as_view(), name="password_reset"),
    path("accounts/reset/<uidb64>/<token>/", ForgottenPasswordView.as_view(), name="password_reset_confirm"),
    path("accounts/", include("django.contrib.auth.urls")),
    path("accounts/signup/", SignUpView.as_view(), name="signup"),
    path("health", health, name="health"),
]

handler400 = "imports.web.errors.bad_request"
handler404 = "imports.web.errors.not_found"
handler500 = "imports.web.errors.server_error"
