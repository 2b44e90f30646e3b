"""settings → channels → application, on one screen."""

from __future__ import annotations

import sys
from pathlib import Path

import config
from channels import switchboard
from ntbcare import commands, logs
from ntbcare.app import build

settings = config.read()
problems = settings.problems() + switchboard.problems(settings, development=settings.development)
if problems:
    sys.exit("The house does not open, because:\n" + "\n".join(f"  - {problem}" for problem in problems))

logs.begin(development=settings.development)
_outbox = str(settings.data_path / "outbox.jsonl") if settings.development else None
channels = switchboard.build(settings, development=settings.development, outbox=_outbox)
app = build(settings, channels, providers=switchboard.known(), demo=config.demo_sign_ins(settings))
commands.attach(app, seed_dir=config.ROOT / settings.seed_dir, data_dir=settings.data_path, development=settings.development)
if Path(sys.argv[0]).name in ("flask", "flask.exe"):
    commands.migrations(app)
