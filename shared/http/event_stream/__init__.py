"""Answers that last: server-sent events, and the streams that are open."""
