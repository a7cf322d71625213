"""``lamina migrate``: bring the tables to where the code wants them, or back."""

import click

from app.cli.options import settings_with


@click.command()
@click.option("--down", metavar="REVISION", help="Go down to this revision instead; `base` removes every table.")
def migrate(down: str | None) -> None:
    """Bring the database up to date (safe to repeat), or down again."""
    from app.embedded import resolve
    from app.store.migrate import downgrade, upgrade

    with resolve(settings_with()) as settings:
        assert settings.database_url is not None
        if down is None:
            upgrade(settings.database_url)
            click.echo("The database is up to date.")
        else:
            downgrade(settings.database_url, down)
            click.echo(f"The database is at {down}.")
