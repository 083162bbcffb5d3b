"""What no log may hold."""

import logging
import re

TOKEN = re.compile(r"(/s/)[^/\s]+")


class WithoutTokens(logging.Formatter):
    """A share link's address is all it takes to read its page, and Django logs the addresses of what it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub(r"\1…", super().format(record))
