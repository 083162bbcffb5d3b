"""What became of every row, on the page and as CSV."""

import csv
import io

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from imports.models import ImportSession, RowProblem
from imports.sources.base import FileReport
from tests.factories import ImportSessionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(client: Client) -> ImportSession:
    client.force_login(UserFactory())
    diary = FileReport("diary.csv", 9, "diary", rows=1300, added=1200, merged=50, skipped={"blank": 45}, problems=5)
    watchlist = FileReport("watchlist.csv", 9, "watchlist", rows=7, skipped={"watchlist": 7})
    made: ImportSession = ImportSessionFactory(
        user_id=client.session["_auth_user_id"], browser_key="", files=[diary.as_json(), watchlist.as_json()]
    )
    return made


def problem(session: ImportSession, line: int | None, reason: str, detail: str = "", kind: str = "lost") -> None:
    RowProblem.objects.create(session=session, file="diary.csv", line=line, kind=kind, reason=reason, detail=detail)


def csv_rows(client: Client, session: ImportSession) -> list[list[str]]:
    answer = client.get(f"{session.get_absolute_url()}report.csv")
    assert isinstance(answer, StreamingHttpResponse)
    return list(csv.reader(io.StringIO(answer.getvalue().decode())))


def test_the_report_tells_of_every_file_and_line(client: Client, session: ImportSession) -> None:
    problem(session, 1071, "too_few_cells", "a,b")
    problem(session, None, "read_as_windows_text", kind="note")
    page = client.get(f"{session.get_absolute_url()}report/").content.decode()
    for shown in ("diary.csv", "1,300", "1,307 rows were read", "Rows with nothing in them: 45"):
        assert shown in page
    assert "diary.csv, line 1,071" in page and "The row has too few columns: a,b" in page
    assert "It was read as Windows text" in page


def test_the_report_without_a_problem_says_so(client: Client, session: ImportSession) -> None:
    assert "every row was understood" in client.get(f"{session.get_absolute_url()}report/").content.decode()


def test_the_report_shows_100_lines_a_page(client: Client, session: ImportSession) -> None:
    for line in range(101):
        problem(session, line + 2, "no_title")
    address = f"{session.get_absolute_url()}report/"
    assert len(client.get(address).context["page"]) == 100
    assert len(client.get(f"{address}?page=2").context["page"]) == 1


def test_the_csv_adds_up_and_names_every_line(client: Client, session: ImportSession) -> None:
    problem(session, 12, "date_unreadable", "31/31/2020", kind="note")
    rows = csv_rows(client, session)
    assert rows[0] == ["File", "Line", "What", "Rows", "Why", "Value"]
    assert ["diary.csv", "", "Read", "1300", "", ""] in rows
    assert ["watchlist.csv", "", "Skipped", "7", "Your watchlist: films you have not seen yet", ""] in rows
    assert rows[-1][:4] == ["diary.csv", "12", "Noted", ""]
    assert "31/31/2020" in rows[-1][4] and rows[-1][5] == "31/31/2020"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_the_csv_holds_no_formula(client: Client, session: ImportSession, value: str) -> None:
    problem(session, 2, "date_unreadable", value)
    cell = csv_rows(client, session)[-1][5]
    assert cell == f"'{value}"
