"""The function that embeds search queries. ``shared.domain.query.embedding`` defines its messages."""
