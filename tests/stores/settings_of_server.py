"""The settings with which a server reaches the stores of the tests."""

from typing import Final

from tests.stores.providers import NAMES, Provider, provider

_PREFIX: Final = "VIDEOVECTOR_SERVER_"


def store_variables() -> dict[str, str]:
    """Return the environment variables of a server that may reach every store. The stores are started."""
    variables: dict[str, str] = {}
    for name in NAMES:
        variables |= variables_of(provider(name))
    return variables


def variables_of(made: Provider) -> dict[str, str]:
    """Return the environment variables of a server that may reach one provider's store."""
    given = made.settings.model_dump(mode="json", exclude_unset=True)
    return {f"{_PREFIX}{name.upper()}": str(value) for name, value in given.items()}
