from . import films, people, sessions

__all__ = ["films", "people", "sessions"]
