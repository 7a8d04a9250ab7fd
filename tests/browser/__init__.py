"""The console in a real browser: Debian's Chromium against a real server with real media."""
