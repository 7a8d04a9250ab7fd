"""Text files that a client stores under a name."""

from collections.abc import Mapping

from fastapi.responses import Response

from shared.domain.file_names import content_disposition


def text_file(
    content: str, file_name: str, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a file in UTF-8."""
    return Response(
        content.encode(),
        media_type=media_type,
        headers={"Content-Disposition": content_disposition("attachment", file_name), **(headers or {})},
    )
