"""The commands.  Everything heavy is imported where it is used, so that the cheap ones answer at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from workbench.errors import MachineError, WorkbenchError


class _Commands(click.Group):
    """Says what a user did wrong in a sentence, and ends with the exit code of its kind."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except WorkbenchError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            raise  # `workbench ls | head` is no fault; click ends it quietly
        except OSError as error:
            from workbench.runs.room import refused_file

            click.echo(refused_file(error), err=True)
            ctx.exit(MachineError.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Notebooks that answer a question and end in a decision: run them, check them, look at what they left."""


_RUNS = click.option(
    "--runs",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where runs are kept; runs/ at the project's root by default.",
)


def _places(runs: Path | None) -> tuple[Path, Path]:
    """The project's root and the folder of runs."""
    from workbench.configuration import project_root

    root = project_root()
    return root, (runs or root / "runs").resolve()


def _say(lines: Iterable[object]) -> None:
    for line in lines:
        click.echo(str(line))


@contextmanager
def _cleared_away() -> Iterator[None]:
    """Let a signal to end do what an interrupt does: the half of it that is made goes away."""

    def _end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one would end the clearing away
        click.echo("stopped from outside before it was done; nothing was replaced", err=True)
        sys.exit(4)

    # What was told to ignore a signal goes on ignoring it: `nohup`, or a shell's background job.
    asked = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, _end) for one in asked}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="STUDY|NOTEBOOK...")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter: text as it stands, all else as JSON."
)
@_RUNS
@click.option("--force", is_flag=True, help="Run again even when nothing has changed since the last success.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many runs at a time.")
def run(names: tuple[str, ...], settings: tuple[str, ...], runs: Path | None, *, force: bool, jobs: int) -> None:
    """Run studies, or notebooks with their defaults; print each run's folder.

    Ends with 0 done, 1 a cell failed, 2 the study's words are wrong, 3 the data are wrong, 4 timed out or killed,
    5 the machine failed; with several runs the highest.
    """
    # jupyter_events asks jsonschema for every format, and `rfc3987_syntax` then compiles a grammar for two seconds.
    # jsonschema does without it when its import fails, and no schema that is met here uses the format.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from workbench.runs.command import run_studies

    root, folder = _places(runs)
    code = 0
    for answer in run_studies(names, settings, root, folder, force=force, threads=jobs):
        if answer.note:
            click.echo(answer.note, err=True)
        if answer.folder is not None:
            click.echo(os.path.relpath(answer.folder) if sys.stdout.isatty() else answer.folder)
        code = max(code, answer.exit_code)
    sys.exit(code)


@main.command()
@click.argument("names", nargs=-1, metavar="[STUDY|NOTEBOOK]...")
def check(names: tuple[str, ...]) -> None:
    """Check studies and their notebooks without running them; all of them by default.

    Lists every fault, and ends with 2 when there is one.
    """
    from workbench.runs.check import check_studies
    from workbench.runs.study import study_files

    root, _ = _places(None)
    faults = check_studies(names, root)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(2)
    count = len(names) or len(study_files(root))
    click.echo("1 study is well" if count == 1 else f"{count} studies are well")


@main.command()
@click.argument("notebook")
def params(notebook: str) -> None:
    """Show what a notebook may be told: each parameter, its type, default and meaning."""
    from workbench.parameters import read_notebook
    from workbench.runs.listing import columns, parameter_rows
    from workbench.runs.study import find_notebook

    root, _ = _places(None)
    _say(columns(parameter_rows(read_notebook(find_notebook(notebook, root), root))))


@main.command("ls")
@click.argument("study", required=False)
@_RUNS
def list_(study: str | None, runs: Path | None) -> None:
    """List the latest run of each study, or all runs of one."""
    from workbench.runs.listing import list_runs, list_studies

    _, folder = _places(runs)
    _say(list_runs(folder, study) if study else list_studies(folder))


@main.command()
@click.argument("run", metavar="RUN|STUDY")
@_RUNS
def show(run: str, runs: Path | None) -> None:
    """Show what a run was and found; of a study, its latest run."""
    from workbench.runs.listing import show_run

    _, folder = _places(runs)
    _say(show_run(folder, run))


@main.command()
@_RUNS
def index(runs: Path | None) -> None:
    """Write the index page and each study's history anew; print the page's path."""
    from workbench.runs.index import write_index

    _, folder = _places(runs)
    click.echo(write_index(folder))


@main.command()
@click.option(
    "--users",
    type=click.IntRange(100, 10**8),  # the ids of bots begin above
    default=20_000,
    show_default=True,
    help="How many users the platform has.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=11,
    show_default=True,
    help="The same seed makes the same platform.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="data/sample/ by default.")
@click.option("--events", is_flag=True, help="Write every step of every visit too: some twenty rows per order more.")
def sample(users: int, seed: int, out: Path | None, *, events: bool) -> None:
    """Make the sample: all tables of a simulated platform, their catalogue, and the truth beside them.

    The folder is replaced as a whole.  More users leave the others as they were.
    """
    from workbench.simulate import write_sample

    folder = out or _places(None)[0] / "data" / "sample"
    with _cleared_away():
        write_sample(users=users, seed=seed, out=folder, events=events)
    click.echo(folder)


@main.group(cls=_Commands)
def data() -> None:
    """Bring data in."""


class _Importing(click.Command):
    """Its help lists the importers, which a docstring would have to repeat."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 — click's signature
        from workbench.tables.importers import IMPORTERS

        with formatter.section("Importers and what PATH is"):
            formatter.write_dl([(importer.name, importer.expects) for importer in IMPORTERS.values()])


@data.command("import", cls=_Importing)
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder, or a former import's.")
def import_(name: str, path: Path, out: Path) -> None:
    """Make canonical tables of an export: Parquet files, their catalogue, and what became of every row."""
    from workbench.tables.importers import import_export

    with _cleared_away():
        account = import_export(name, path, out)
    _say(account.lines())
    click.echo(out)


@main.command()
@_RUNS
def doctor(runs: Path | None) -> None:
    """Look at Python, packages, kernel, data, disk and fonts, and say what to do."""
    from workbench.runs.doctor import examine

    root, folder = _places(runs)
    remarks = examine(root, folder)
    _say(remarks)
    sys.exit(0 if all(remark.well for remark in remarks) else 5)
