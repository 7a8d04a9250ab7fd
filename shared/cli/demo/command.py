"""The ``demo`` command: make a video searchable, with a temporary server. Its archive remains."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from videovector import VideoVector

from shared.cli.demo.archive import next_steps, players_of, serve_command
from shared.cli.demo.media_warnings import messages_of
from shared.cli.demo.page import Answer, Content, render
from shared.cli.demo.sample import EXPECTATIONS, SAMPLE, Expectation
from shared.cli.demo.server import Address, ServerDidNotStart, running_server
from shared.cli.demo.table import search_table
from shared.cli.demo.work import DemoFailed, Processed, Report, counted, find, import_video, process
from shared.cli.invocation import invocation

console = Console()


def demo(
    video: Annotated[
        Path | None, typer.Option(help="Your own video, audio or picture instead of the sample.")
    ] = None,
    query: Annotated[str | None, typer.Option(help="Search query. The sample has its own queries.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the page and the archive.")] = Path("demo"),
) -> None:
    """Upload, process and search a video with the official client, and write a page with the results.

    The archive is the folder ``data`` in ``--out``. A second demo adds to it.
    """
    out = out.expanduser()
    video = video.expanduser() if video else None
    if video is not None and not video.is_file():
        console.print(f"[red]There is no file {escape(str(video))}[/red]")
        raise typer.Exit(2)
    started_at = time.monotonic()
    data = out / "data"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with running_server(data) as address:
            met = _show(address, video or SAMPLE, query, out, sample=video is None)
    except OSError as failure:
        console.print(f"[red]Cannot use the folder {escape(str(out))}: {failure.strerror}[/red]")
        raise typer.Exit(1) from failure
    except (DemoFailed, ServerDidNotStart) as failure:
        log = escape(str(out / "server.log"))
        console.print(f"[red]{escape(str(failure))}[/red]\nThe server's log is in {log}")
        raise typer.Exit(1) from failure
    page = escape(str(out / "index.html"))
    console.print(f"Done in {time.monotonic() - started_at:.0f} s. Open [bold]{page}[/bold]")
    print(next_steps(data, address.api_key, query or ("a person" if video else "a cup of coffee")))
    if not met:
        console.print("[red]Some searches did not find the expected scene.[/red]")
        raise typer.Exit(1)


def _show(address: Address, video: Path, query: str | None, out: Path, *, sample: bool) -> bool:
    console.print(f"A server answers at {address.base_url}")
    with VideoVector(api_key=address.api_key, base_url=address.base_url) as client:
        processed = _work(client, video)
        answers = _answers(client, processed, query, sample=sample)
        if answers:
            console.print(search_table(answers, console.width))
        facts = [
            counted(len(processed.segments)),
            f"analysed in {processed.seconds_taken:.1f} s",
        ]
        if processed.seconds_of_media:
            facts.insert(0, f"{processed.seconds_of_media:.0f} s")
        console.print(escape(" · ".join([video.name, *facts])))
        warnings = messages_of(address, [medium.video_id for medium in processed.media])
        for warning in warnings:
            console.print(f"[yellow]{escape(warning)}[/yellow]")
        players = players_of(processed.media, out)
        serve = serve_command(out / "data")
        content = Content(video.name, facts, answers, processed.segments, players, warnings, serve)
        (out / "index.html").write_text(render(content), encoding="utf-8")
    return not any(answer.missed for answer in answers)


def _work(client: VideoVector, video: Path) -> Processed:
    columns = (
        TextColumn("{task.description}", markup=False),
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
    shown = [expectation.is_met_by(hit.start_time, hit.end_time) for hit in hits[: expectation.within]]
    met_by = shown.index(True) if any(shown) else None
    return Answer(expectation.query, hits, _verdict(met_by, expectation.within), met_by)


def _verdict(rank: int | None, within: int) -> str:
    """Say at which place a search shows what is expected. ``rank`` counts from 0, and is None for a miss."""
    if rank is None:
        return "not found first" if within == 1 else f"not found among the first {within}"
    return "found first" if rank == 0 else f"found at place {rank + 1}"


if __name__ == "__main__":
    sys.exit(f"Use: {invocation('demo')}")
