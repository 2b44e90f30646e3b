"""`python -m ntbcare.cli up` opens a house on one machine; every other word is a command of the application (commands.py)."""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """`up` stays in memory as long as the house is open, so it loads nothing of the application."""
    if sys.argv[1:2] == ["up"]:
        from ntbcare.local import house  # only this command needs embedded servers

        house.up()
        return
    from flask.cli import ScriptInfo

    app = import_module("wsgi").app
    app.cli.main(args=sys.argv[1:], prog_name="ntbcare", obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    main()
