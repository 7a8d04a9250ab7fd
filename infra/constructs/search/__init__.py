"""Search engines: managed domain and serverless collection."""
