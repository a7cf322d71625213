"""Addresses that end: what is signed, what passes."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from app.flow.signing import UrlKeys, check, is_good, path_of, signed, token
from app.web.signed import is_picture

KEY, OTHER = b"a key of ours", b"another"
LAYER = "/v1/decompositions/dec_1/layers/0.png"
NOW = 1_800_000_000.0


def _verdict(address: str, *keys: bytes, now: float = NOW) -> str:
    return check(path_of(address), address.partition("?")[2], keys or (KEY,), now).verdict


def test_the_signature_is_over_the_decoded_path_and_the_sorted_query() -> None:
    address = signed("/v1/templates/B%C3%BCcher%20Set/render.png?values.z=a+b&values.a=%C3%A4", 1_800_000_060, KEY)
    query = urlencode(sorted({"values.z": "a b", "values.a": "ä", "exp": "1800000060"}.items()))
    mac = hmac.new(KEY, f"/v1/templates/Bücher Set/render.png?{query}".encode(), hashlib.sha256)
    signature = base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")
    assert address.endswith(f"?values.z=a+b&values.a=%C3%A4&exp=1800000060&sig={signature}")
    assert _verdict(address) == "good"


def test_an_address_is_good_until_it_ends_whatever_the_order_of_its_query() -> None:
    address = signed(f"{LAYER}?w=64&trim=1", int(NOW) + 60, KEY)
    path, _, query = address.partition("?")
    for order in (query.split("&"), query.split("&")[::-1]):
        assert check(path, "&".join(order), (OTHER, KEY), NOW).verdict == "good"
    found = check(path, query, (KEY,), NOW)
    assert (found.query, found.expires) == ("w=64&trim=1", int(NOW) + 60)
    assert _verdict(address, now=NOW + 59.9) == "good"
    assert _verdict(address, now=NOW + 60) == "expired"


def test_a_signature_that_is_there_is_replaced() -> None:
    once = signed(f"https://pictures.example:8443{LAYER}?w=64", int(NOW) + 60, OTHER)
    assert signed(once, int(NOW) + 90, KEY) == signed(f"https://pictures.example:8443{LAYER}?w=64", int(NOW) + 90, KEY)
    assert _verdict(signed(once, int(NOW) + 90, KEY)) == "good"


GOOD = signed(f"{LAYER}?w=64", int(NOW) + 60, KEY)
TAMPERED = {
    "another picture": GOOD.replace("layers/0", "layers/1"),
    "another parameter": GOOD.replace("w=64", "w=65"),
    "one more": GOOD + "&trim=1",
    "one less": GOOD.replace("w=64&", ""),
    "later": GOOD.replace("exp=18", "exp=19"),
    "no end": GOOD.replace(f"exp={int(NOW) + 60}&", ""),
    "two ends": GOOD + f"&exp={int(NOW) + 60}",
    "an end under a disguise": GOOD.replace("exp=", "%65xp="),
    "no signature": GOOD.partition("&sig=")[0],
    "an empty one": GOOD.partition("&sig=")[0] + "&sig=",
    "another's": signed(f"{LAYER}?w=64", int(NOW) + 60, OTHER),
    "no moment": signed(f"{LAYER}?w=64", int(NOW) + 60, KEY).replace("exp=1", "exp=-1"),
    "not ASCII": GOOD[:-1] + "ä",
}


@pytest.mark.parametrize("address", TAMPERED.values(), ids=TAMPERED.keys())
def test_what_was_changed_is_refused(address: str) -> None:
    assert _verdict(GOOD) == "good"
    assert _verdict(address) == "wrong"
    assert _verdict(address, now=NOW + 10**9) == "wrong"  # not expired: it never was ours


def test_an_address_without_any_is_unsigned() -> None:
    assert _verdict(f"{LAYER}?w=64") == "unsigned"
    assert _verdict(f"{LAYER}?values.exp=1&mysig=2") == "unsigned"


def test_the_token_of_a_page_ends_and_is_no_signature() -> None:
    given = token(int(NOW) + 60, KEY)
    assert is_good(given, (OTHER, KEY), NOW)
    assert not is_good(given, (KEY,), NOW + 60)
    assert not is_good(given, (OTHER,), NOW)
    for wrong in ("", ".", "x.y", given.replace("18", "19", 1), given + "a", "9" * 5000 + ".a"):
        assert not is_good(wrong, (KEY,), NOW)


@pytest.mark.parametrize(
    ("path", "whether"),
    [
        (LAYER, True),
        ("/v1/decompositions/dec_1/composite.png", True),
        ("/v1/decompositions/dec_1/export.psd", True),
        ("/v1/documents/doc_1/layers/3.webp", True),
        ("/v1/documents/doc_1/render.jpg", True),
        ("/v1/templates/summer.png/render.png", True),
        ("/v1/templates/summer.png", False),
        ("/v1/assets/0f0f", True),
        ("/v1/decompositions/dec_1", False),
        ("/v1/decompositions/dec_1/render", False),
        ("/v1/jobs/job_1/rows/17.webp", True),
        ("/v1/jobs/job_1/result.zip", True),
        ("/v1/decompositions/dec_1/layers/+1.png", True),
        ("/v1/documents/doc_1/layers/ 1.0.png", True),
        ("/v1/documents/doc_1/render.png\n", True),
        ("/v1/jobs/job_1/rows/+17.webp", True),
        ("/v1/jobs/job_1/result.zip\n", True),
        ("/v1/jobs/job_1/result.ndjson", False),
        ("/v1/jobs/job_1", False),
        ("/v1/webhooks/secret", False),
    ],
)
def test_pictures_can_be_signed_for_and_nothing_else(path: str, whether: bool) -> None:
    assert is_picture(path) is whether


def test_the_first_key_of_the_setting_signs_and_all_are_accepted() -> None:
    assert UrlKeys("new key of ours,  old key of ours,").fixed == (b"new key of ours", b"old key of ours")
    assert UrlKeys(None).remembered("default") is None
