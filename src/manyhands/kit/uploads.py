"""Taking in files without letting one fill the memory, and without leaving one on the disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile

from manyhands.kernel.sheets import Limits

LARGEST = Limits().bytes


class BoundedUpload(MemoryFileUploadHandler):
    """Keeps an upload in memory up to :data:`LARGEST` bytes; a larger one is thrown away while it comes in.

    The form then finds no file; ``was_too_big(request)`` tells why. A sheet of names and doors never lies in a
    temporary file: there it would lie open.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: Any,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > LARGEST:
            if self.request is not None:
                self.request.META["manyhands.upload_too_big"] = True
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def was_too_big(request: Any) -> bool:
    """Whether a file of this request was thrown away because of its size."""
    return bool(request.META.get("manyhands.upload_too_big"))
