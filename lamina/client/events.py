"""Server-sent events, as the WHATWG's HTML standard parses them; nothing here reads from a network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    data: str
    id: str | None


class EventLines:
    """Takes the lines of a stream one by one; ``last_id`` resumes it, ``pause_s`` is how long the service wants a
    client to wait before that."""

    def __init__(self) -> None:
        self.last_id: str | None = None
        self.pause_s: float | None = None
        self._data: list[str] = []

    def take(self, line: str) -> Event | None:
        """The event that the line ends, if it ends one. A comment ends none."""
        if line == "":
            data, self._data = self._data, []
            return Event("\n".join(data), self.last_id) if data else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self.last_id = value
        elif name == "retry" and value.isascii() and value.isdecimal():
            self.pause_s = int(value) / 1000
        return None

    def broke_off(self) -> None:
        """The connection is gone; an event that had not ended is dropped."""
        self._data.clear()
