"""The command ``bposim``: one file a command, each of which reads, calls and renders.

Data go to stdout, messages and progress to stderr.  Exit codes: 0 fine, 2 usage or invalid scenario, 3 the
run failed, 4 it is incomplete and can be resumed, 130 interrupted.  A command imports what it needs when it
runs, so that ``--help`` stays quick.
"""

from __future__ import annotations

import sys
from typing import Any

import click
from click.exceptions import Exit

from bposim.cli.bench import bench
from bposim.cli.breakeven import breakeven
from bposim.cli.compare import compare
from bposim.cli.exit import exit_
from bposim.cli.explain import explain
from bposim.cli.frontier import frontier
from bposim.cli.init import init
from bposim.cli.library import library
from bposim.cli.plan import plan
from bposim.cli.plot import plot
from bposim.cli.risks import risks
from bposim.cli.run import run
from bposim.cli.schema import schema
from bposim.cli.sensitivity import sensitivity
from bposim.cli.stress import stress
from bposim.cli.sweep import sweep
from bposim.cli.terminal import complain
from bposim.cli.validate import validate
from bposim.cli.value import value
from bposim.cli.verify import verify
from bposim.cli.worth import worth
from bposim.errors import BposimError, IncompleteRunError, ScenarioError

INVALID = 2
FAILED = 3
INCOMPLETE = 4
INTERRUPTED = 130

HELP_WIDTH = 120
"""Columns of the help as plain text: enough for a command to be said in one line; a terminal has its own."""

FIRST_STEPS = """\
Three commands to begin with:
  bposim init -o FILE       a commented scenario to change; --list shows templates, --wizard asks questions
  bposim plan FILE          what goes in, and the base case to hold against a spreadsheet
  bposim run FILE -o DIR    simulate, and keep tables, pictures and a manifest in DIR
"""


class Commands(click.Group):
    """The group of commands; it turns every expected failure into a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ScenarioError as error:
            complain(*map(str, error.complaints))
            ctx.exit(INVALID)
        except IncompleteRunError as error:
            complain(f"error: {error}")
            ctx.exit(INCOMPLETE)
        except BposimError as error:
            complain(f"error: {error}")
            ctx.exit(FAILED)
        except BrokenPipeError:
            raise  # click ends quietly when the reader of a pipe has gone
        except OSError as error:
            complain(f"error: {error.filename or 'file'}: {error.strerror or error}")
            ctx.exit(FAILED)
        except MemoryError:
            complain("error: the memory is not enough; run fewer trials")
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            complain("interrupted")
            ctx.exit(INTERRUPTED)
        except (click.ClickException, Exit, click.Abort):
            raise
        except Exception:  # noqa: BLE001 - the last resort: Python's own exit code 1 means something else here
            import traceback

            complain(
                traceback.format_exc(),
                "error: this is a fault of bposim, not of the scenario; please report the lines above",
            )
            ctx.exit(FAILED)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "terminal_width": None if sys.stdout.isatty() else HELP_WIDTH,
    },
)
@click.version_option(package_name="bposim", prog_name="bposim")
@click.pass_context
def main(ctx: click.Context) -> None:
    """What would outsourcing really cost, against keeping the work?  As distributions, not as one number."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter gets its code instead of ending the run.
            stream.reconfigure(errors="backslashreplace")
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        click.echo(FIRST_STEPS, nl=False)


for command in (
    init,
    run,
    validate,
    plan,
    explain,
    risks,
    library,
    schema,
    verify,
    bench,
    compare,
    sensitivity,
    value,
    worth,
    breakeven,
    stress,
    sweep,
    exit_,
    frontier,
    plot,
):
    main.add_command(command)
