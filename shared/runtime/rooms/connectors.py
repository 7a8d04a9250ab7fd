"""Services that give access to stores of users."""

from shared.runtime.rooms.room import Room


class ConnectorsRoom(Room):
    """Connectors: their credentials, tests and listings."""
