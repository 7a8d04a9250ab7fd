"""Settings of the operating system's process: memory and open files."""
