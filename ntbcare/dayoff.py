"""`flask --app wsgi add-day-off DATE NAME`: a day off nobody decreed for the whole country, or one decreed after the seed."""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app

from ntbcare import sanitise
from ntbcare.casework import daysoff
from ntbcare.domain.errors import DomainError
from ntbcare.domain.permissions import Actor, Role

ADMIN = Actor(Role.ADMIN, name="flask")  # who has the command line of a house runs it


@click.command("add-day-off")
@click.argument("day", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("name")
@click.option("--region", help="Kemendagri code of a province or regency; needed for a local day off")
@click.option("--kind", type=click.Choice(list(daysoff.KINDS)), default="local", show_default=True)
@click.option("--source", required=True, help="the decree: which one, of which day")
def add_day_off(day: datetime, name: str, region: str | None, kind: str, source: str) -> None:
    """Add a day off in a new edition of the calendar; due dates that were named stay (recount them at /kendali/kalender)."""
    with current_app.extensions["house"].work(ADMIN) as work:
        try:
            told, by = sanitise.line(name, field="name"), sanitise.line(source, field="source")
            version = daysoff.add(work, day.date(), told, by, kind=kind, region=region)
        except DomainError as refusal:
            raise click.ClickException(refusal.sentence) from refusal
        work.commit()
    click.echo(f"{version}: {day.date().isoformat()} {told}")
