from django.urls import path

from .views import films, results, sessions

app_name = "imports"
urlpatterns = [
    path("", sessions.front_page, name="front_page"),
    path("imports/", sessions.session_list, name="session_list"),  # POST: start one
    path("imports/sample/", sessions.sample_start, name="sample_start"),
    path("imports/<uuid:session_id>/", sessions.session_detail, name="session_detail"),
    path("imports/<uuid:session_id>/delete/", sessions.session_delete, name="session_delete"),
    path("imports/<uuid:session_id>/films/", films.movie_list, name="movie_list"),
    path("imports/<uuid:session_id>/films/<int:movie_id>/", films.movie_detail, name="movie_detail"),
    path("imports/<uuid:session_id>/report/", results.report, name="report"),
    path("imports/<uuid:session_id>/report.csv", results.report_csv, name="report_csv"),
]
