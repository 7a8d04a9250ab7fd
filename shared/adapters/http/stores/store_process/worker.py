"""The process of a store: requests on standard input, answers on standard output.

The process has no environment but what Python needs, so that obstore finds no variable, no profile and no
home folder. It gets the store, with its credentials, on standard input; it ends with its input.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, assert_never

from obstore.exceptions import BaseError

from shared.adapters.http.stores.store_process import failures, operations
from shared.adapters.http.stores.store_process.messages import (
    Answer,
    ObjectEntry,
    Operation,
    Request,
    StoreSpecification,
)
from shared.adapters.http.stores.store_process.pinning_proxy import PinningProxy, Refused, Unreachable
from shared.domain.connectors.store_problem import StoreProblem

_OF_OBJECTS = (Operation.STAT, Operation.FETCH, Operation.WRITE, Operation.DELETE)
"""Operations with a key. obstore drops a slash at both ends of a key, and so would take another object."""

_STORE_ERRORS = (BaseError, failures.RequestFailed, FileNotFoundError, ValueError, NotImplementedError)
_CHANGED = "The object '{key}' was replaced while it was read. Try again."
_TOO_LARGE = "The object '{key}' has {size:,} bytes; at most {limit:,} are permitted."


class StoreServer:
    """Answers requests about one store."""

    def __init__(self, specification: StoreSpecification, answer: Callable[[Answer], None]) -> None:
        self._specification = specification
        self._send = answer
        self._proxy = PinningProxy(specification.permitted)
        self._store: operations.AnyStore | None = None
        self._listings: dict[int, Iterator[list[ObjectEntry]]] = {}

    def serve(self, request: Request) -> None:
        """Answer a request, with its progress before."""
        self._proxy.forget()
        try:
            is_invalid = request.operation in _OF_OBJECTS and request.path.strip("/") != request.path
            answer = failures.invalid_name() if is_invalid else self._answer(request)
        except operations.TooLarge as error:
            message = _TOO_LARGE.format(key=request.path, size=error.args[0], limit=request.limit)
            answer = Answer(message=message, problem=StoreProblem.TOO_LARGE)
        except operations.Changed:
            message = _CHANGED.format(key=request.path)
            answer = Answer(message=message, problem=StoreProblem.NO_ANSWER, retryable=True)
        except Refused as error:
            answer = failures.refusal(str(error))
        except Unreachable as error:
            answer = failures.unreachable(str(error))
        except _STORE_ERRORS as error:
            answer = self._failure(error, request)
        except OSError as error:
            answer = Answer(error_number=error.errno or 5)
        self._send(answer)

    def _answer(self, request: Request) -> Answer:
        if self._store is None:
            self._store = operations.opened(self._specification, self._proxy.url)
        store, file, answer = self._store, Path(request.file), Answer()
        match request.operation:
            case Operation.LIST:
                self._listings[request.listing] = self._pages(request)
                answer = self._page(request.listing)
            case Operation.NEXT:
                answer = self._page(request.listing)
            case Operation.END:
                self._listings.pop(request.listing, None)
            case Operation.STAT:
                answer = Answer(objects=[operations.stat(store, request.path)])
            case Operation.FETCH:
                found = operations.fetch(store, request.path, file, request.limit, self._progress)
                answer = Answer(objects=[found])
            case Operation.WRITE:
                size = operations.write(store, request.path, file, request.content_type, self._progress)
                answer = Answer(size=size)
            case Operation.DELETE:
                operations.delete(store, request.path)
            case _:
                assert_never(request.operation)
        return answer

    def _pages(self, request: Request) -> Iterator[list[ObjectEntry]]:
        """Begin a listing. Its modules take 50 ms, which processes that only read need not spend."""
        from shared.adapters.http.stores.store_process.listing.listing import (  # noqa: PLC0415
            lister,
            pages,
        )

        list_page = lister(self._specification, self._proxy.connection)
        return pages(list_page, request.path, recursive=request.recursive, start_after=request.start_after)

    def _page(self, listing: int) -> Answer:
        page = next(self._listings[listing], None)
        if page is None:
            del self._listings[listing]
        return Answer(objects=page or [], is_last=page is None)

    def _progress(self, size: int) -> None:
        self._send(Answer(progress=size))

    def _failure(self, error: BaseException, request: Request) -> Answer:
        if self._proxy.refusal is not None:
            return failures.refusal(self._proxy.refusal)
        if self._proxy.fault is not None:
            return failures.unreachable(self._proxy.fault)
        return failures.failure(error, self._attempt(request))

    def _attempt(self, request: Request) -> failures.Attempt:
        specification = self._specification
        actions = {
            Operation.STAT: "read objects",
            Operation.FETCH: "read objects",
            Operation.WRITE: "write objects",
            Operation.DELETE: "delete objects",
        }
        return failures.Attempt(
            actions.get(request.operation, "list objects"),
            "container" if specification.provider == "azure" else "bucket",
            specification.bucket,
            specification.config.get("region"),
            request.path,
        )


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Read the store's specification, then answer requests until the input ends."""

    def send(answer: Answer) -> None:
        answers.write(answer.line())
        answers.flush()

    server = StoreServer(StoreSpecification.of(requests.readline()), send)
    for line in requests:
        server.serve(Request.of(line))


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not print into an answer
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
