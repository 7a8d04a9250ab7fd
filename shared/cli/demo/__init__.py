"""The demo: import, analysis and search of a video from end to end, with the official client."""
