"""Pages for people at ``/`` and ``/docs`` of a server on one machine. On AWS nothing answers there yet."""
