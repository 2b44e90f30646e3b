"""The product's own gunicorn settings for the floor, which has no database pool to let go of after the fork."""

import gc

from ntbcare.local.gunicorn_conf import *  # noqa: F403 - a settings file: every name counts


def post_fork(server: object, worker: object) -> None:
    """In the new worker: collect again."""
    gc.enable()
