"""A file of a request → what the sources read."""

from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile

from imports.sources.base import Role, Upload


def upload_of(file: UploadedFile, role: Role = "") -> Upload:  # type: ignore[type-arg]
    """The file as it lies in memory or on disk: it is read when its turn comes."""
    return Upload(file.name or "", cast(BinaryIO, file.file), role)
