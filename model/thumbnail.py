"""How large a thumbnail is."""


def thumbnail_size(width: int, height: int, most: int) -> tuple[int, int]:
    """Width and height of a picture at most ``most`` pixels wide, of the same shape; never larger than it is."""
    if width <= most:
        return width, height
    return most, max(1, round(height * most / width))
