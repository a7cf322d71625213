"""Uploaded pictures as JSON."""

from pydantic import BaseModel, ConfigDict, Field

_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class AssetOut(BaseModel):
    model_config = ConfigDict(title="Asset")

    sha256: str = Field(description="Of the bytes at url: the picture as decoded.", examples=[_SHA])
    width: int
    height: int
    url: str
