"""Jobs that workers take from queues."""
