"""Listings of a store with the exact keys of its objects.

obstore refuses a whole page for one key that it cannot express, and strips slashes at both ends of a key.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from shared.adapters.http.stores.store_process.listing.answers import (
    ListedPage,
    bucket_page,
    container_page,
)
from shared.adapters.http.stores.store_process.listing.authorization import (
    Authorize,
    azure_authorization,
    gcs_authorization,
    s3_authorization,
)
from shared.adapters.http.stores.store_process.listing.requests import Connect, StoreRequests
from shared.adapters.http.stores.store_process.messages import ObjectEntry, StoreSpecification

_PAGE_OBJECTS: Final = 1_000

ListPage = Callable[[str, str, str, str], ListedPage]
"""Requests a page: of the keys with a prefix, in which a delimiter ends folders, behind a key, by the name
that the page before gave. Any of them may be empty."""


def lister(specification: StoreSpecification, connect: Connect) -> ListPage:
    """Return the function that lists a store. No request is sent yet."""
    config, bucket = specification.config, specification.bucket
    requests = StoreRequests(connect, specification.authorities)
    match specification.provider:
        case "s3":
            return _bucket(f"{config['endpoint']}/{bucket}", requests, s3_authorization(config))
        case "gcs":
            return _bucket(f"{config['base_url']}/{bucket}", requests, gcs_authorization(config))
        case "azure":
            address = f"{config['endpoint']}/{quote(bucket)}"
            return _container(address, requests, azure_authorization(config, requests))
    raise ValueError(f"there is no provider {specification.provider!r}")


def pages(
    list_page: ListPage, prefix: str, *, recursive: bool, start_after: str = ""
) -> Iterator[list[ObjectEntry]]:
    """List the objects whose key starts with ``prefix`` and follows ``start_after``, in pages of up to 1,000.

    A page may have few objects or none: what stores return besides is left out here.
    """
    next_page, is_last = "", False
    after = start_after if start_after >= prefix else ""
    while not is_last:
        page = list_page(prefix, "" if recursive else "/", after, next_page)
        next_page, is_last = page.next_page, not page.next_page
        yield [
            entry
            for entry in page.objects
            if entry.path.startswith(prefix)
            and entry.path > after
            and not _marks_folder(entry)
            and (recursive or "/" not in entry.path[len(prefix) :])
        ]


def _marks_folder(entry: ObjectEntry) -> bool:
    """Return whether an object is the mark of a folder, as consoles and Hadoop make them."""
    name = entry.path.rpartition("/")[2]
    return not name or (entry.size == 0 and "." not in name)


def _bucket(address: str, requests: StoreRequests, authorize: Authorize) -> ListPage:
    def list_page(prefix: str, delimiter: str, start_after: str, next_page: str) -> ListedPage:
        query = {
            "continuation-token": next_page,
            "delimiter": delimiter,
            "encoding-type": "url",  # XML cannot express every key
            "list-type": "2",
            "max-keys": str(_PAGE_OBJECTS),
            "prefix": prefix,
            "start-after": "" if next_page else start_after,
        }
        url = f"{address}?{_encoded(query)}"
        return bucket_page(requests.send("GET", url, authorize(url)))

    return list_page


def _container(address: str, requests: StoreRequests, authorize: Authorize) -> ListPage:
    """Azure cannot begin behind a key: what comes before is left out of the pages."""

    def list_page(prefix: str, delimiter: str, _: str, next_page: str) -> ListedPage:
        query = {
            "comp": "list",
            "delimiter": delimiter,
            "marker": next_page,
            "maxresults": str(_PAGE_OBJECTS),
            "prefix": prefix,
            "restype": "container",
        }
        url = f"{address}?{_encoded(query)}"
        return container_page(requests.send("GET", url, authorize(url)))

    return list_page


def _encoded(query: Mapping[str, str]) -> str:
    """Encode parameters as the signature of S3 needs them."""
    return urlencode({name: value for name, value in query.items() if value}, quote_via=quote, safe="-_.~")
