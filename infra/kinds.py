"""Kinds of search engines and of workers that a deployment chooses from."""

from enum import StrEnum


class SearchEngine(StrEnum):
    """Engine of the search index.

    ``external`` is a server that these stacks do not create; its address is ``search_endpoint``.
    """

    DOMAIN = "domain"
    SERVERLESS = "serverless"
    EXTERNAL = "external"


class Worker(StrEnum):
    """Compute of Batch workers: Fargate containers, or EC2 instances with an NVIDIA GPU."""

    CPU = "cpu"
    GPU = "gpu"
