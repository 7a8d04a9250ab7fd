"""The ``demo`` command: make a video searchable, with a temporary server and data folder."""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from videovector import VideoVector

from shared.cli.demo.page import Answer, clock, render
from shared.cli.demo.sample import EXPECTATIONS, SAMPLE, Expectation
from shared.cli.demo.server import Address, ServerDidNotStart, running_server
from shared.cli.demo.work import DemoFailed, Processed, Report, find, import_video, process

console = Console()


def demo(
    video: Annotated[
        Path | None, typer.Option(help="Your own video, audio or picture instead of the sample.")
    ] = None,
    query: Annotated[str | None, typer.Option(help="Search query. The sample has its own queries.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the generated page.")] = Path("demo"),
) -> None:
    """Upload, process and search a video with the official client, and write a page with the results."""
    if video is not None and not video.is_file():
        console.print(f"[red]There is no file {video}[/red]")
        raise typer.Exit(2)
    out.mkdir(parents=True, exist_ok=True)
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        try:
            with running_server(Path(folder) / "data") as address:
                met = _show(address, video or SAMPLE, query, out, sample=video is None)
        except (DemoFailed, ServerDidNotStart) as failure:
            shutil.copy(Path(folder) / "server.log", out / "server.log")
            console.print(f"[red]{failure}[/red]\nThe server's log is in {out / 'server.log'}")
            raise typer.Exit(1) from failure
    console.print(f"Done in {time.monotonic() - started_at:.0f} s. Open [bold]{out / 'index.html'}[/bold]")
    if not met:
        console.print("[red]Some searches did not find the expected scene.[/red]")
        raise typer.Exit(1)


def _show(address: Address, video: Path, query: str | None, out: Path, *, sample: bool) -> bool:
    console.print(f"A server answers at {address.base_url}")
    with VideoVector(api_key=address.api_key, base_url=address.base_url) as client:
        processed = _work(client, video)
        answers = _answers(client, processed, query, sample=sample)
        _print_table(answers)
        speed = processed.seconds_of_media / max(processed.seconds_taken, 0.001)
        facts = [
            video.name,
            "1 segment" if len(processed.segments) == 1 else f"{len(processed.segments)} segments",
            f"analysed at {speed:.1f} times real time" if processed.seconds_of_media else "analysed",
        ]
        console.print(" · ".join(facts))
        (out / "index.html").write_text(render("What the archive knows", facts, answers, processed.segments))
    return all(answer.met for answer in answers)


def _work(client: VideoVector, video: Path) -> Processed:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as display:
        client.authenticate()
        job_id, video_ids = import_video(client, video, _reporter(display, f"uploading {video.name}"))
        return process(client, job_id, video_ids, _reporter(display, "starting the prompt run"))


def _reporter(display: Progress, description: str) -> Report:
    task = display.add_task(description, total=1.0)
    return lambda doing, done: display.update(task, description=doing, completed=done)


def _answers(client: VideoVector, processed: Processed, query: str | None, *, sample: bool) -> list[Answer]:
    if query:
        return [Answer(query, find(client, processed.run_id, query))]
    if not sample:
        return []
    return [_checked(client, processed.run_id, expectation) for expectation in EXPECTATIONS]


def _checked(client: VideoVector, run_id: str, expectation: Expectation) -> Answer:
    hits = find(client, run_id, expectation.query)
    met = any(expectation.is_met_by(hit.start_time, hit.end_time) for hit in hits[: expectation.within])
    place = "first" if expectation.within == 1 else f"among the first {expectation.within}"
    return Answer(expectation.query, hits, f"{'found' if met else 'not found'} {place}", met)


def _print_table(answers: list[Answer]) -> None:
    table = Table("query", "first hits", "matched by", "check")
    for answer in answers:
        times = "\n".join(f"{clock(hit.start_time)}–{clock(hit.end_time)}" for hit in answer.hits[:3])
        matched = "\n".join(
            f"{m.field_path}: {m.value_preview[:48]}"
            for hit in answer.hits[:3]
            for m in (hit.matched_field_instances or [])[:1]
        )
        table.add_row(answer.query, times, matched, f"[{'green' if answer.met else 'red'}]{answer.expected}")
    if answers:
        console.print(table)


if __name__ == "__main__":
    sys.exit("Use: python -m shared.cli demo")
