"""How a document of the search index is named: by its key, or by the server."""
