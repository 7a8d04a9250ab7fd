import base64
import re

from shared.domain.webhooks.delivery import delivery_id, webhook_of
from shared.domain.webhooks.identity import new_secret, webhook_id_of


def test_id_follows_from_tenant_and_key() -> None:
    made = webhook_id_of("acme", "webhook-create:1")
    assert made == webhook_id_of("acme", "webhook-create:1")
    assert re.fullmatch(r"whk_[0-9A-HJKMNP-TV-Z]{26}", made)
    others = {webhook_id_of("acme", "webhook-create:2"), webhook_id_of("other", "webhook-create:1")}
    assert made not in others
    assert len(others) == 2


def test_deliveries_name_webhook_of_derived_id() -> None:
    made = webhook_id_of("acme", "n8n-webhook-" + "f" * 64)
    assert webhook_of(delivery_id(made, "evt_01J9Z3W6X5C8Q4V2T7R1M0N9KP")) == made


def test_secret_has_form_of_standard_webhooks() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    for secret in made:
        head, _, key = secret.partition("_")
        assert (head, len(base64.b64decode(key, validate=True))) == ("whsec", 32)
