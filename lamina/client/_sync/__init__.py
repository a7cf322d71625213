# Made of _async by `python -m lamina.make_sync`; change that, not this.
"""The client without ``async``."""
