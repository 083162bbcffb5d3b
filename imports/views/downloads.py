"""Files that are made while they are sent."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse

CSV, JSON, ZIP = "text/csv; charset=utf-8", "application/json", "application/zip"


def download(chunks: Iterable[str] | Iterable[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
