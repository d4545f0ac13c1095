"""Webhooks that finally failed: reported to the portal, and sent again when it asks."""

from .attempt import WebhookAttempt, WebhookError
from .message import WebhookEndpoint, WebhookMessage
from .signature import sign_webhook
from .store import DeliveryKey, DeliveryStore, KeptDelivery, RedisDeliveryStore
from .webhooks import Webhooks

__all__ = [
    "DeliveryKey",
    "DeliveryStore",
    "KeptDelivery",
    "RedisDeliveryStore",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookError",
    "WebhookMessage",
    "Webhooks",
    "sign_webhook",
]
