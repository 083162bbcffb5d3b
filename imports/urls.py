from django.urls import path

from .views import accounts, films, library, prime, results, review, sessions, settings

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
    path("imports/<uuid:session_id>/to-library/", library.session_to_library, name="session_to_library"),
    path("imports/<uuid:session_id>/titles/", prime.title_list, name="title_list"),
    path("imports/<uuid:session_id>/titles/<int:movie_id>/take-in/", prime.title_take_in, name="title_take_in"),
    path("imports/<uuid:session_id>/complete/", prime.review_complete, name="review_complete"),
    path("imports/<uuid:session_id>/unmatched.csv", prime.unmatched_csv, name="unmatched_csv"),
    path("imports/<uuid:session_id>/undo/", prime.session_undo, name="session_undo"),
    path("imports/<uuid:session_id>/review/", review.review, name="review"),
    path("imports/<uuid:session_id>/review/all/", review.add_all, name="review_all"),
    path("imports/<uuid:session_id>/review/search/", review.search, name="review_search"),
    path("imports/<uuid:session_id>/review/undo/", review.undo_last, name="review_undo_last"),
    path("imports/<uuid:session_id>/review/<int:movie_id>/add/", review.add, name="review_add"),
    path("imports/<uuid:session_id>/review/<int:movie_id>/skip/", review.skip, name="review_skip"),
    path("imports/<uuid:session_id>/review/<int:movie_id>/undo/", review.undo, name="review_undo"),
    path("imports/<uuid:session_id>/review/<int:movie_id>/choose/", review.choose, name="review_choose"),
    path("imports/<uuid:session_id>/review/<int:movie_id>/reject/", review.reject, name="review_reject"),
    path("imports/<uuid:session_id>/review/<int:movie_id>/unchoose/", review.unchoose, name="review_unchoose"),
    path("library/", library.library, name="library"),
    path("library/add/", library.film_add, name="film_add"),
    path("library/restore/", library.ranking_restore, name="ranking_restore"),
    path("library/export.csv", library.library_csv, name="library_csv"),
    path("library/export.json", library.library_json, name="library_json"),
    path("library/<int:ranking_id>/", library.ranking, name="ranking"),
    path("library/<int:ranking_id>/remove/", library.ranking_remove, name="ranking_remove"),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/import/amazon-prime/", prime.prime_start, name="prime_start"),
    path("settings/email/", accounts.email_change, name="email_change"),
    path("settings/delete-account/", accounts.account_delete, name="account_delete"),
]
