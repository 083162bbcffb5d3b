"""`python -m config.healthcheck`: does the web server of this container answer? Asks as its proxy would."""

import sys
import urllib.request

from config import env


def main() -> int:
    own = env.read()
    host = own.allowed_hosts[0].lstrip(".").replace("*", "localhost")
    as_proxied = {"Host": host, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{own.port}/health", headers=as_proxied)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except OSError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
