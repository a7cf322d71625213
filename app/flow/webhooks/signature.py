"""Standard Webhooks 1.0.0: HMAC-SHA256 over id, time of the attempt and body, by each secret that is live."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def written(secret: bytes) -> str:
    """A secret as receivers are given it: ``whsec_`` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(event_id: str, timestamp: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Of one attempt; ``timestamp`` in whole seconds since 1970."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
