"""How the web server runs, whoever starts it: `manage.py serve`, systemd or a container. gunicorn reads this file by
itself where it stands in the current directory; options on its command line win."""

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # one copy of pandas in memory
timeout = 120
graceful_timeout = 5
limit_request_line = 8190  # the most there is: a film list's filters stand in its address
loglevel = "warning"
control_socket_disable = True  # it wants a home directory, which a service has not
