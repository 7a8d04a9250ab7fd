"""What a search asks of models; the contract is ``shared.domain.query.embedding``."""
