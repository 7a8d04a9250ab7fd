"""What a server and an archive look like from the outside: numbers and health."""
