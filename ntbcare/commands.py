"""What the application says on the command line: `flask --app wsgi …`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TextIO

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from ntbcare import dayoff, importing
from ntbcare.casework import accounts, rehearsing, staffing, upkeep, ways
from ntbcare.domain import lifecycle, permissions, rulebook
from ntbcare.domain.errors import BadInput
from ntbcare.records import journal, schema
from ntbcare.records.base import db
from ntbcare.web import health

# Imports inside the commands keep alembic, the holiday tables and the demo out of every server process.
SYSTEM = permissions.Actor(permissions.Role.TIMER, name="flask")


def attach(app: Flask, *, seed_dir: Path, data_dir: Path, development: bool) -> None:
    """Add our commands to the application's command line."""
    app.config.update(SEED_DIR=seed_dir, DATA_DIR=data_dir, DEVELOPMENT=development)
    for command in (
        prepare,
        seed,
        demo_,
        invite,
        route_explain,
        route_dry_run,
        train,
        import_borders,
        dayoff.add_day_off,
        importing.import_regions,
        verify_journal,
        lifecycle_,
        permissions_,
        doctor,
    ):
        command.callback = with_appcontext(command.callback)  # type: ignore[type-var]
        app.cli.add_command(command)


def migrations(app: Flask) -> None:
    """Make `flask --app wsgi db …` work. Alembic is loaded only here: no server process ever needs it."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(schema.MIGRATIONS))


def prepared(app: Flask) -> bool:
    """Would `prepare` find nothing to do? A handful of statements, and neither alembic nor the holiday tables are loaded."""
    from ntbcare.casework import demo, seeding

    folder, note = app.config["SEED_DIR"], app.config["DATA_DIR"] / "demo.txt"
    with app.app_context(), app.extensions["house"].work(SYSTEM) as work:
        if schema.current(work.session) != schema.newest() or not seeding.loaded(work, folder):
            return False
        return not app.config["DEVELOPMENT"] or demo.complete(work, folder, note)


@click.command("prepare")
def prepare() -> None:
    """Migrations, seed and (in development) demo data; quick when there is nothing to do."""
    from flask_migrate import upgrade

    from ntbcare.casework import searching, seeding

    if "migrate" not in current_app.extensions:
        migrations(current_app._get_current_object())  # type: ignore[attr-defined]
    upgrade()
    with current_app.extensions["house"].work(SYSTEM) as work:
        changed = seeding.seed(work, current_app.config["SEED_DIR"])
        work.commit()
        after: int | None = 0
        while after is not None:
            after = searching.catch_up(work, after)
            work.commit()
    if changed:
        click.echo("seed: reference tables brought up to date")
    if current_app.config["DEVELOPMENT"]:
        _demo()


def _demo() -> None:
    from flask_security.utils import hash_password

    from ntbcare.casework import demo

    note = current_app.config["DATA_DIR"] / "demo.txt"
    with current_app.extensions["house"].work(SYSTEM) as work:
        password = demo.password_in(note) or secrets.token_urlsafe(9)
        made = demo.officers(work, current_app.config["SEED_DIR"], hash_password, password, note)
        work.commit()
    if made:
        click.echo(f"demo: {made} accounts")
    count = demo.cases(current_app.extensions["house"], current_app.config["SEED_DIR"])
    if count:
        click.echo(f"demo: {count} cases")


@click.command("seed")
@click.option("--dir", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="another province's folder")
def seed(folder: Path | None) -> None:
    """Bring the reference tables up to the files of the seed folder."""
    from ntbcare.casework import seeding

    with current_app.extensions["house"].work(SYSTEM) as work:
        changed = seeding.seed(work, folder or current_app.config["SEED_DIR"])
        work.commit()
        click.echo("changed" if changed else "nothing to do")
        for table, rows in seeding.counts(work).items():
            click.echo(f"  {table}: {rows}")


@click.command("demo")
def demo_() -> None:
    """Demo accounts and cases (development only)."""
    if not current_app.config["DEVELOPMENT"]:
        raise click.ClickException("Demo data are for development only (NTBCARE_ENV=development).")
    _demo()


@click.command("invite")
@click.argument("email")
@click.argument("role", type=click.Choice([str(role) for role in accounts.SIGNED_IN]))
@click.option("--unit", help="code of the unit, as in units.csv")
@click.option("--name", default="", help="how the person is called")
def invite(email: str, role: str, unit: str | None, name: str) -> None:
    """Make an account and print its first password once."""
    from flask_security.utils import hash_password

    password = secrets.token_urlsafe(12)
    with current_app.extensions["house"].work(SYSTEM) as work:
        accounts.invite(work, email, name or email.split("@")[0], role, unit, hash_password(password))
        work.commit()
    click.echo(f"{email}: {password}")


@click.command("route-explain")
@click.argument("text")
@click.option("--region", help="Kemendagri code chosen by the citizen")
@click.option("--category", help="topic chosen by the citizen")
@click.option("--place", help="the place in words")
def route_explain(text: str, region: str | None, category: str | None, place: str | None) -> None:
    """Where would a report go, and why? Nothing is stored."""
    with current_app.extensions["house"].work(SYSTEM) as work:
        if region is not None and region not in work.ref.regions:
            raise click.ClickException(f"no region has the code {region}")
        if category is not None and category not in work.ref.categories:
            raise click.ClickException(f"no topic has the code {category}")
        found = rehearsing.explain(work, text, region=region, category=category, place=place)
    lines = [
        *([("door", f"turned away, nothing is stored: {found.door}")] if found.door else []),
        ("place", f"{found.place or '-'}: {found.place_because}"), ("topic", f"{found.topic or '-'}: {found.topic_because}"),
        ("kind", found.kind), ("urgency", found.urgency), ("unit", found.way.goes), ("because", found.way.why), ("rule", _rule(found.way)),
        ("asked", found.question or "nothing"), ("helpers", ", ".join(found.helpers) or "-"), *([("beats", found.beats), ("next rule", _rule(found.runner_up)),
        ("next unit", f"{found.runner_up.goes}: {found.runner_up.why}")] if found.runner_up else []),
        *([("fault", found.fault)] if found.fault else []), *((f"to {channel}", words) for channel, words in found.words),
    ]  # fmt: skip
    for label, words in lines:
        click.echo(f"{label:11} {words}")


def _rule(way: rehearsing.Way) -> str:
    return f"order {way.order}, version {way.version}, id {way.id}" if way.order is not None else "-"


@click.command("route-dry-run")
@click.argument("rules", type=click.File(encoding="utf-8-sig"))
@click.option("--days", default=30, type=click.IntRange(1, 366), help="how far back")
def route_dry_run(rules: TextIO, days: int) -> None:
    """What would another rule file have done to the cases of the last days? Nothing is changed."""
    told = rehearsing.Rehearsal()
    with current_app.extensions["house"].work(SYSTEM) as work:
        try:
            for one in rehearsing.rehearse(work, rulebook.from_csv(rules), days, told):
                click.echo(f"{one.ticket}  {one.was} -> {one.now}  (rule {one.rule})")
        except (BadInput, UnicodeDecodeError) as fault:
            raise click.ClickException(str(fault)) from fault
    for sentence in told.faults:
        click.echo(f"FAULT {sentence}")
    if told.guarded:
        click.echo(f"{told.guarded} of them are protected (tip, rahasia, anonim, closed topic) and not listed")
    click.echo(f"{told.changed} of {told.read} cases would go elsewhere; nothing was changed")


@click.command("train")
@click.option("--from", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="labelled CSV: text, category")
@click.option("--activate/--only-try", default=True, help="read with the new model from now on, or only measure it")
def train(path: Path | None, activate: bool) -> None:
    """Train the reader on the seed's examples, the cases people have confirmed, and a labelled file; print its card."""
    from ntbcare.casework import learning

    with current_app.extensions["house"].work(SYSTEM) as work:
        try:
            rows = learning.labelled(path, work.ref.categories) if path else []
            card = learning.train(work, current_app.config["SEED_DIR"], labelled=rows, activate=activate)
        except (BadInput, ValueError, UnicodeDecodeError) as fault:
            raise click.ClickException(str(fault)) from fault
        work.commit()
    click.echo(f"{card['version']}: {card['texts']} texts ({card.get('from_cases', 0)} cases, {card.get('from_file', 0)} from the file)")
    for head in ("topic", "kind", "urgency"):
        told = card[head]
        click.echo(
            f"  {head:8} right {told['right']:.3f}; decides from {told['decides_from']:.2f}: answers {told['answers']:.0%}, of which right {told['right_when_it_answers']:.3f}"
        )
    for code, told in sorted(card["topic"]["classes"].items(), key=lambda pair: pair[1]["found"]):
        click.echo(f"    {code:26} {told['texts']:5} texts, found {told['found']:.2f}, right when said {told['right_when_said'] or 0:.2f}")


@click.command("import-borders")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="", help="whose outlines these are, and of which day; the name of the file when not said")
@click.option("--code-property", help="the property that holds the Kemendagri code, when it is none of the usual ones")
@click.option("--dry-run", is_flag=True, help="show what would change, and change nothing")
def import_borders(file: Path, source: str, code_property: str | None, dry_run: bool) -> None:
    """Load official outlines of villages, districts or regencies from a GeoJSON file."""
    from ntbcare.casework import bordering

    with current_app.extensions["house"].work(SYSTEM) as work:
        try:
            diff = bordering.compare(work, file.read_bytes(), code_property)
        except OSError as fault:
            raise click.ClickException(f"{file} cannot be read: {fault.strerror}.") from fault
        except bordering.BadMap as fault:
            raise click.ClickException(f"{file.name}: {fault} Nothing was changed.") from fault
        for line in bordering.lines(work, diff):
            click.echo(line)
        if dry_run:
            click.echo("dry run: nothing was changed")
            return
        changed = bordering.load(work, diff, source or file.name)
        work.commit()
    click.echo("changed" if changed else "nothing to do")


@click.command("verify-journal")
def verify_journal() -> None:
    """Recompute every chain of the journal and name each row that was changed, removed or put in afterwards."""
    with current_app.extensions["house"].work(SYSTEM) as work:
        read, faults = journal.verify(work.session)
    for fault in faults:
        row = f"row {fault.row}" if fault.row else "no row"
        click.echo(f"strand {fault.strand} entry {fault.seq} ({row}): {fault.what}")
    click.echo(f"{read} entries read, {len(faults)} faults")
    if faults:
        raise SystemExit(1)


@click.command("lifecycle")
def lifecycle_() -> None:
    """The state machine as a table (docs/lifecycle.md is this output)."""
    click.echo(lifecycle.describe())


@click.command("permissions")
def permissions_() -> None:
    """Who may do what, where, as a table."""
    click.echo(permissions.describe())


@click.command("doctor")
def doctor() -> None:
    """Is everything in its place? Neighbours, providers, journal heads, errands, alarms."""
    bad = 0
    for name, (well, detail) in health.neighbours(current_app).items():
        bad += not well
        click.echo(f"{'ok ' if well else 'BAD'} {name} {detail}")
    for name, tried, detail in health.street(current_app):
        bad += tried is False
        click.echo(f"{'-  ' if tried is None else 'ok ' if tried else 'BAD'} {name} {detail}")
    with current_app.extensions["house"].work(SYSTEM) as work:
        exempt = current_app.config["SECOND_STEP_EXEMPT"]
        found = [*upkeep.findings(work), *ways.findings(work), *staffing.findings(work, exempt=exempt)]
    for line, well in found:
        bad += not well
        click.echo(f"{'ok ' if well else 'BAD'} {line}")
    if bad:
        raise SystemExit(1)
