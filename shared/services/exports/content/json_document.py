"""An export as one JSON document: ``shared.domain.exports.document.ExportDocument``, streamed."""

from collections.abc import Iterable

from shared.domain.exports.document import LAYOUT_VERSION
from shared.domain.prompts.prompt import JsonObject
from shared.services.exports.content.output import Output, json_line
from shared.services.exports.content.reader import ContentReader, MediumResults
from shared.services.exports.content.shapes import exported_medium, exported_run, exported_video_result


def write_json(reader: ContentReader, out: Output) -> int:
    """Write the document. Return the number of segments.

    Raises: ExportTooLarge: it would pass the limit of ``out``.
    """
    scope = reader.scope
    header = {
        "layout_version": LAYOUT_VERSION,
        "export_type": scope.export_type,
        "target_id": scope.target_id,
        "result_scope": scope.result_scope,
        "created_at": scope.created_at,
    }
    out.write(_opened(header) + b',"runs":[')
    _write_items((json_line(exported_run(run)) for run in reader.runs()), out)
    out.write(b'],"media":[')
    count = 0
    for position, results in enumerate(reader.media()):
        out.write(b"," if position else b"")
        count += _write_medium(results, out)
    out.write(b"]}\n")
    return count


def write_json_lines(reader: ContentReader, out: Output) -> int:
    """Write one segment a line. Return the number of segments."""
    count = 0
    for _, page in reader.segments():
        out.write(b"".join([json_line(segment) + b"\n" for segment in page]))
        count += len(page)
    return count


def _write_medium(results: MediumResults, out: Output) -> int:
    found = results.video_result
    medium = exported_medium(results.medium) | {
        "video_result": exported_video_result(results.medium, found) if found else None
    }
    out.write(_opened(medium) + b',"segments":[')
    count = 0
    for page in results.pages:
        out.write((b"," if count else b"") + b",".join(map(json_line, page)))
        count += len(page)
    out.write(b"]}")
    return count


def _write_items(items: Iterable[bytes], out: Output) -> None:
    for position, item in enumerate(items):
        out.write((b"," if position else b"") + item)


def _opened(value: JsonObject) -> bytes:
    """Encode an object without the brace at its end, so that further members can follow."""
    return json_line(value)[:-1]
