"""Numbers of the whole server in the text format of Prometheus, for its operator."""
