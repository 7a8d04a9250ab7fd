"""Buckets whose events tell import automations of new objects."""

from shared.domain.connectors.connector import Connector, ConnectorProvider
from shared.services.automations.import_automations import BucketOf


def watched_bucket(buckets: str) -> BucketOf:
    """Return the function that names the bucket of a connector if it is among ``buckets``, separated by
    commas.

    A connector with an endpoint of its own names a store elsewhere, whose buckets may have the same names.
    One that has passed no test may name a bucket that its owner cannot read, and the owner would learn from
    the times of announcements which objects come.
    """
    known = frozenset(filter(None, buckets.split(",")))

    def bucket_of(connector: Connector) -> str | None:
        address = connector.address
        is_own = address.endpoint_url is None and connector.has_passed_test
        is_watched = address.bucket in known and is_own
        return address.bucket if is_watched and address.provider is ConnectorProvider.S3 else None

    return bucket_of
