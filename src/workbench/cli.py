"""The commands.  Everything heavy is imported where it is used, so that the cheap ones answer at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workbench.errors import StudyError, WorkbenchError


class _Commands(click.Group):
    """Says what a user did wrong in a sentence, and ends with the exit code of its kind."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except WorkbenchError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Notebooks that answer a question and end in a decision: run them, check them, look at what they left."""


_RUNS = click.option(
    "--runs", "runs", type=click.Path(path_type=Path, file_okay=False), help="Where runs are kept; runs/ by default."
)


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="STUDY|NOTEBOOK...")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter; text as it stands, all else as JSON."
)
@_RUNS
@click.option("--force", is_flag=True, help="Run again even when nothing has changed since the last success.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many runs at a time.")
def run(names: tuple[str, ...], settings: tuple[str, ...], runs: Path | None, *, force: bool, jobs: int) -> None:
    """Run studies (or notebooks with their defaults) and print each run's folder."""
    from workbench.runs.command import run_studies

    sys.exit(run_studies(names, settings, runs, force=force, threads=jobs))
