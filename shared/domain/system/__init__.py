"""Numbers and activity of servers and archives."""
