"""What docs/api-decisions.md says that is answered otherwise than in releases of format 1."""

from collections.abc import Iterator
from typing import Any

Question = dict[str, Any]


class Documented:
    """``questions`` with the answers of then: one answer tells what another one has to leave out."""

    def __init__(self, questions: list[Question]) -> None:
        self._listed: set[str] = set()
        self._gone_media: set[str] = set()
        self._gone_files: set[str] = set()
        self._levels: dict[tuple[str, str], Any] = {}
        for question in questions:
            self._learn(question["path"], question["answer"])

    def answer(self, question: Question) -> Any:
        """What has to be answered now."""
        answer, path = question["answer"], question["path"]
        if path.startswith("/import-jobs"):
            return self._without_gone_parts(answer, path)
        if path.endswith("/failed-segments"):
            whole = {"truncated": False}
            left = [each | whole for each in answer["videos"] if each["video_id"] in self._listed]
            return answer | whole | {"videos": left, "videos_with_failures": len(left)}
        if question["status"] == 200:
            for video in _videos(answer):
                self._as_on_the_card(video)
        return answer

    def _learn(self, path: str, answer: Any) -> None:
        if path.endswith("/outputs"):
            states: dict[str, set[str]] = {}
            for output in answer["items"]:
                states.setdefault(output["file_id"], set()).add(output["status"])
                if output["status"] == "deleted":
                    self._gone_media.add(output["video_id"])
            self._gone_files |= {file_id for file_id, found in states.items() if found == {"deleted"}}
        for video in _videos(answer):
            self._listed.add(video["video_id"])
            for run in video["processing_status"]:
                if run["video_level"] and run["video_level"]["started_at"]:  # lists had no times
                    self._levels[video["video_id"], run["run_id"]] = run["video_level"]

    def _without_gone_parts(self, answer: Any, path: str) -> Any:
        if isinstance(answer, list):
            return [self._without_gone_parts(job, path) for job in answer]
        if "outputs" in answer:
            return answer | {"outputs": self._without_gone_parts(answer["outputs"], path)}
        gone = [each for each in answer["items"] if self._is_gone(each)]
        left = [each for each in answer["items"] if each not in gone]
        return answer | {"items": left, "total": answer["total"] - len(gone)}

    def _is_gone(self, part_or_file: Any) -> bool:
        if "video_id" in part_or_file:
            return part_or_file["video_id"] in self._gone_media
        return part_or_file["file_id"] in self._gone_files

    def _as_on_the_card(self, video: Any) -> None:
        """Segments of the newest run that has any; times of media-wide results in lists too."""
        runs = video["processing_status"]
        for run in runs[next((n for n, run in enumerate(runs) if run["segments"]), len(runs)) + 1 :]:
            run["segments"] = []
        for run in runs:
            run["video_level"] = self._levels.get((video["video_id"], run["run_id"]), run["video_level"])


def _videos(answer: Any) -> Iterator[Any]:
    """Every medium that is described in an answer."""
    if isinstance(answer, list):
        for each in answer:
            yield from _videos(each)
    elif isinstance(answer, dict) and "processing_status" in answer:
        yield answer
    elif isinstance(answer, dict):
        yield from _videos(answer.get("data"))
