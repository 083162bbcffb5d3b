"""How the web server runs, whoever starts it: `manage.py serve`, systemd or a container. gunicorn reads this file by
itself where it stands in the current directory; options on its command line win."""

import sys
from typing import Any

wsgi_app = "config.wsgi"
worker_class = "config.web_worker.Worker"
workers = 2
threads = 16  # who sends an upload, or waits for the turn of theirs, holds one
preload_app = True  # one copy of pandas in memory
timeout = 120
graceful_timeout = 5
limit_request_line = 8190  # the most there is: a film list's filters stand in its address
loglevel = "warning"
control_socket_disable = True  # it wants a home directory, which a service has not


def post_worker_init(worker: Any) -> None:
    """A short page never waits for long behind those who compute: they hand over after a millisecond, not five."""
    sys.setswitchinterval(0.001)
