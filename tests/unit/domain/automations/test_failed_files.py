"""Files that failed in the imports of an automation: how often they are tried again."""

from shared.domain.automations.failed_files import MAX_IMPORTS, FailedFiles


def test_file_is_retried_until_it_has_failed_in_three_imports() -> None:
    files, retried = FailedFiles(), list[bool]()
    for number in range(MAX_IMPORTS):
        files = files.counted(f"imp_{number}", [1 << 63])
        retried.append(1 << 63 in files.to_retry)
    assert retried == [True, True, False]


def test_import_counts_once() -> None:
    once = FailedFiles().counted("imp_1", [1])
    assert once.counted("imp_1", [1, 2]) is once


def test_file_that_did_not_fail_again_is_forgotten() -> None:
    assert FailedFiles().counted("imp_1", [1, 2]).counted("imp_2", [2]).imports == {f"{2:016x}": 2}


def test_files_that_are_left_alone_keep_their_places() -> None:
    """More files than are remembered must not begin the tries of the first anew."""
    files = FailedFiles()
    for number in range(MAX_IMPORTS):
        files = files.counted(f"imp_{number}", range(1000))
    assert files.without_retries() == files
    assert files.counted("imp_9", range(2000)).to_retry == frozenset()
