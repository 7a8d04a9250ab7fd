"""What the ``move`` command prints while it works and at its end."""

from shared.cli.moves.report import is_verified, report_of, status_of
from shared.services.maintenance.archive_copy.progress import MoveRecord, new_move
from shared.services.maintenance.archive_copy.results import MAX_NAMES, CopyOptions, CopyOutcome
from shared.services.maintenance.archive_copy.verification import Finding


def copied(options: CopyOptions | None = None) -> MoveRecord:
    move = new_move("laptop:1", options or CopyOptions())
    move.phase = "files"
    for number in range(1200):
        move.copied.count(move.copied.files, f"media/{number}", CopyOutcome.COPIED)
    move.copied.bytes_copied = 3_400_000
    return move


def test_status_shows_what_is_copied_and_then_what_is_verified() -> None:
    move = copied()
    assert status_of(move, 9.4) == "copying: 1,200 files, 0 records, 0 secrets; 3.4 MB; 9 s"
    move.verified.count(move.verified.files, "media/1", Finding.IDENTICAL)
    assert status_of(move, 9.6) == "verifying: 1 files, 0 records, 0 secrets; 0.0 MB; 10 s"


def test_dry_run_promises_nothing_about_the_target() -> None:
    said = report_of(copied(CopyOptions(dry_run=True)), 2, "reindex")
    assert said.startswith("1,200 files to copy, 0 there already; 0 records to copy")
    assert said.endswith("Nothing was written.")
    assert "Verified" not in said


def test_many_differences_are_counted_and_some_are_named() -> None:
    move = copied()
    for number in range(MAX_NAMES + 5):
        move.verified.count(move.verified.files, f"media/{number}", Finding.MISSING)
    move.verified.count(move.verified.records, "prompts/prm_1", Finding.DIFFERENT)
    said = report_of(move, 2, "reindex")
    assert not is_verified(move)
    assert f"{MAX_NAMES + 5} missing in the target:\n  media/0\n" in said
    assert "  and 5 more\n" in said
    assert "1 different:\n  and 1 more\n" in said
    assert "--overwrite replaces" in said


def test_keys_that_stay_are_named_unless_they_are_moved() -> None:
    assert "API keys were not moved" in report_of(copied(), 2, "reindex")
    assert "API keys were not moved" not in report_of(copied(CopyOptions(keys=True)), 2, "reindex")
