"""Stores of users through obstore."""

from shared.domain.connectors.connector import StoreAddress
from shared.domain.connectors.credentials import Credentials
from shared.ports.stores import Store
from shared.settings import Settings


class ObjectStores:
    """Implements ``shared.ports.stores.Stores``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, address: StoreAddress) -> None:
        raise NotImplementedError

    def open(self, address: StoreAddress, credentials: Credentials) -> Store:
        raise NotImplementedError
