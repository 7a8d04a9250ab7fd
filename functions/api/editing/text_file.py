"""Text files that a client stores under a name."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi.responses import Response


def text_file(
    content: str, file_name: str, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a file in UTF-8. The name is encoded as in RFC 5987, so no character of it can end the
    header."""
    disposition = f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
    return Response(
        content.encode(),
        media_type=media_type,
        headers={"Content-Disposition": disposition, **(headers or {})},
    )
