"""Embed a text or a picture. The function has no access to records, media or the network."""

from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from shared.domain.errors import InvalidRequest
from shared.domain.query.embedding import EmbeddingAnswer, PictureQuery, QueryRefused, WordsQuery
from shared.runtime.query_embedding import cpu_query_embedder
from shared.settings import Settings

SERVICE: Final = "query-embedding"

settings: Final = Settings()
embedder: Final = cpu_query_embedder(settings)
logger: Final = Logger(service=SERVICE, level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service=SERVICE)
_query: Final[TypeAdapter[WordsQuery | PictureQuery]] = TypeAdapter(WordsQuery | PictureQuery)

# Load the model during initialisation: Lambda then provides a full CPU, and a snapshot can include it.
embedder.words("ready", in_pictures=True)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Answer one query. The content of a query is never logged.

    Raises:
        ValidationError: the event is no query.
    """
    return answer(_query.validate_python(event)).model_dump(mode="json")


def answer(query: WordsQuery | PictureQuery) -> EmbeddingAnswer:
    """Embed a query, or refuse one that breaks a rule.

    A refusal is a normal answer, because an exception would count as a failure of the function.
    """
    try:
        if isinstance(query, WordsQuery):
            return EmbeddingAnswer(words=embedder.words(query.words, in_pictures=query.in_pictures))
        return EmbeddingAnswer(picture=embedder.picture(query.picture, field=query.field))
    except InvalidRequest as refusal:
        return EmbeddingAnswer(refused=QueryRefused(field=refusal.field, rule=refusal.rule))
