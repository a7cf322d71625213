"""The colour profile that says sRGB, for files that name theirs."""

from functools import lru_cache

from PIL import ImageCms

_DATE = slice(24, 36)  # ICC.1:2022, 7.2: when it was made, in six numbers of two bytes
_ALWAYS = bytes.fromhex("07d0 0001 0001 0000 0000 0000")


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """LittleCMS's own; the same bytes each time."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_DATE] = _ALWAYS
    return bytes(profile)
