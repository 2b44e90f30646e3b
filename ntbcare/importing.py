"""`flask --app wsgi import-regions FILE`: a new official list of regions is shown, asked about, and applied in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from ntbcare.domain.permissions import Actor, Role

if TYPE_CHECKING:
    from ntbcare.casework.regioning import Diff
    from ntbcare.records.work import Work

SYSTEM = Actor(Role.TIMER, name="flask")


@click.command("import-regions")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="", help="whose list this is, and of which day; the name of the file when not said")
@click.option("--dry-run", is_flag=True, help="show what would change, and change nothing")
@click.option("--yes", is_flag=True, help="do not ask before changing anything")
def import_regions(file: Path, source: str, dry_run: bool, yes: bool) -> None:
    """Load an official list of regions (CSV: code, name, and where it has them level, type, parent, was = the codes it replaces)."""
    from ntbcare.casework import regioning  # outlines and what reads them: only for whoever imports

    house = current_app.extensions["house"]
    with house.work(SYSTEM) as work:
        diff = _compared(work, file)
    for line in regioning.lines(diff):
        click.echo(line)
    if dry_run:
        click.echo("dry run: nothing was changed")
        return
    if diff.nothing:
        click.echo("nothing to do")
        return
    if not yes:  # nobody waits for the tables while a person reads
        click.confirm("Apply this?", abort=True)
    with house.work(SYSTEM) as work:
        again = _compared(work, file)  # reports came in meanwhile, and they count too
        if again.plan != diff.plan:
            raise click.ClickException("The tables or the file changed meanwhile; look again. Nothing was changed.")
        regioning.apply(work, again, source or file.name)
        work.commit()
    click.echo("changed")


def _compared(work: Work, file: Path) -> Diff:
    from ntbcare.casework import regioning

    try:
        return regioning.compare(work, file.read_bytes())
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be read: {fault.strerror}.") from fault
    except regioning.BadRegions as fault:
        raise click.ClickException(f"{file.name}:\n{fault}\nNothing was changed.") from fault
