"""The group of all commands: it imports a command when it is called, and turns failures into exit codes."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.exceptions import Exit

from bposim.cli.terminal import complain
from bposim.errors import BposimError, IncompleteRunError, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

INVALID = 2
FAILED = 3
INCOMPLETE = 4
INTERRUPTED = 130


class Listed(NamedTuple):
    """A command as the help of the group shows it."""

    module: str
    """Of this package; the command in it has the name under which it is listed."""
    line: str
    """What it does, in the words with which its own help begins."""


class Commands(click.Group):
    """The group of commands; it turns every expected failure into a message and an exit code."""

    def __init__(self, *args: Any, tasks: Mapping[str, Mapping[str, Listed]], **kwargs: Any) -> None:  # noqa: ANN401 - click's
        super().__init__(*args, **kwargs)
        self.tasks = tasks
        """Commands by the task that they serve, in the order of the help."""

    @property
    def listed(self) -> dict[str, Listed]:
        """Every command by name."""
        return {name: command for commands in self.tasks.values() for name, command in commands.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the help."""
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of a name; None where there is none."""
        listed = self.listed.get(cmd_name)
        if listed is None:
            return None
        if sys.stdout.isatty():
            # Boxes and colours for the help of one command; that of the group has to answer at once.
            from rich_click.patch import patch

            patch()
        module = importlib.import_module(f"bposim.cli.{listed.module}")
        members = (member for member in vars(module).values() if isinstance(member, click.Command))
        return next(member for member in members if member.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with; name the closest where there is none."""
        name = args[0]
        if name in self.listed or ctx.resilient_parsing or name.startswith("-"):
            return super().resolve_command(ctx, args)
        near = difflib.get_close_matches(name, self.listed, n=3, cutoff=0.6)
        advice = f"did you mean {' or '.join(near)}?" if near else "bposim --help lists them all."
        if name.endswith((".yaml", ".yml")):
            advice = f"to simulate that file: bposim run {name}"
        raise click.UsageError(f"There is no command {name}; {advice}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by task; none of them is imported."""
        width = max(map(len, self.listed))
        for task, commands in self.tasks.items():
            with formatter.section(heading(task)):
                formatter.write_dl([(name.ljust(width), listed.line) for name, listed in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin so; none of them is imported."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=listed.line)
            for name, listed in self.listed.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

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


def heading(text: str) -> str:
    """Return a heading of the help: bold in a terminal that may show it."""
    return click.style(text, bold=True) if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text
