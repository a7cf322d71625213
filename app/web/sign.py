"""``/v1/sign``: hand out an address of a picture that ends."""

import time
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.flow import signing
from app.flow.errors import InvalidRequest, invalid_field
from app.flow.signing import UrlKeys
from app.store import gone, signing_keys
from app.web.asked import storable
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses
from app.web.fields import checked_as
from app.web.receive import small_json
from app.web.signed import is_picture
from app.web.webhook_schemas import body_of

router = APIRouter(tags=["pictures"])

LONGEST_S = 366 * 86_400
_URL = "/v1/decompositions/dec_9f86d081884c7d659a2feaa0c55ad015/layers/1.png?w=512"


class SignIn(BaseModel):
    """What is to be handed out, and for how long."""

    model_config = ConfigDict(extra="forbid", title="SignRequest")

    url: Annotated[str, Field(max_length=8192), AfterValidator(storable)] = Field(
        description="Of a picture or an export of ours: its path and query, or the whole address as you reach us. A "
        "signature that it has is replaced.",
        examples=[_URL],
    )
    expires_in: int = Field(3600, ge=1, le=LONGEST_S, strict=True, description="Seconds; a year at most.")


class SignedOut(BaseModel):
    model_config = ConfigDict(title="SignedUrl")

    url: str = Field(
        description="The same with `exp`, the second since 1970 at which it ends, and `sig`.",
        examples=[f"{_URL}&exp=1795867200&sig=q8Gm1s0l0h0rJf0yqf3yS2y6W4bJxkZP3zq9yR6gq2E"],
    )
    expires_at: datetime


@router.post(
    "/v1/sign",
    summary="Sign the address of a picture",
    description="Good for layers, composites, sources, renders, thumbnails, exports and assets, by GET, with exactly "
    "this query in any order. Afterwards it is answered by 410, changed in anything by 403. Where "
    "`LAMINA_REQUIRE_SIGNED_PICTURES` is set pictures are given away by signed addresses only, and all answers carry "
    "them. Whether there is such a picture is not looked at.",
    response_model=SignedOut,
    openapi_extra=body_of(SignIn, {"url": _URL, "expires_in": 3600}),
    responses=responses("invalid-request", "unsupported-image"),
)
async def sign(request: Request, services: ServicesOf, tenant: Tenant) -> SignedOut:
    asked = checked_as(SignIn, await small_json(request))
    _must_be_picture(asked.url)
    keys = await run_in_threadpool(_keys(request).read, services.engine, tenant)
    expires = int(time.time()) + asked.expires_in
    return SignedOut(url=signing.signed(asked.url, expires, keys[0]), expires_at=datetime.fromtimestamp(expires, UTC))


def _must_be_picture(url: str) -> None:
    if "#" in url:
        raise invalid_field("/url", "It must not have a fragment.")
    try:
        path = signing.path_of(url)
    except ValueError:  # half an IPv6 address
        raise invalid_field("/url", "It is not a URL.") from None
    if not is_picture(path):
        raise invalid_field("/url", "It is not the address of a picture or an export of ours.")
    if not url.startswith("/") and urlsplit(url).scheme not in ("http", "https"):
        raise invalid_field("/url", "It must begin with a slash, http:// or https://.")


@router.post(
    "/v1/sign/rotate",
    summary="End all signed addresses",
    description="A new key signs from now on; addresses that were signed before end at once, or after `overlap_s`.",
    status_code=204,
    response_class=Response,
    responses=responses("invalid-request"),
)
def rotate(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    overlap_s: Annotated[float, Query(ge=0, le=LONGEST_S, description="Seconds; 0 by default.")] = 0,
) -> Response:
    keys = _keys(request)
    if keys.fixed:
        raise InvalidRequest("The key is LAMINA_SIGNING_KEY; it is changed there.")
    with services.engine.begin() as connection:
        signing_keys.rotate(connection, tenant, "urls", overlap_s)
        gone.announce(connection, signing.RESOURCE)
    keys.forget()
    return Response(status_code=204)


def _keys(request: Request) -> UrlKeys:
    found: UrlKeys = request.app.state.url_keys
    return found
