#!/usr/bin/env python
import os
import sys

STOPPED = 130  # what a shell says of a program that Ctrl-C has ended


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as exc:
        sys.exit(f"Reelkeeper can't start: {exc}")
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was done stays done: run it again to go on.\n")
        sys.exit(STOPPED)
    except Exception as exc:  # raised again, unless it is a trouble around us that has a sentence
        from imports.operation import troubles

        said = troubles.sentence(exc)
        if not said or "--traceback" in sys.argv:
            raise
        sys.exit(said)


if __name__ == "__main__":
    main()
