"""``bposim init``: a scenario to start from, out of a template or by questions."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.terminal import complain, say, show, visible, write

if TYPE_CHECKING:
    from bposim.wizard import Answers, Question

STDOUT = "-"
WIZARD_FILE = "scenario.yaml"


@click.command()
@click.option(
    "--template", metavar="NAME", help="Name or code of a template, such as round-the-clock, W7 or SV8."
)
@click.option("--list", "listing", is_flag=True, help="Show the templates, a line each.")
@click.option("--wizard", is_flag=True, help="Ask about the decision, and fill the rest from the library.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="New file to write; by default named after the template, - is stdout.",
)
def init(template: str | None, listing: bool, wizard: bool, output: str | None) -> None:  # noqa: FBT001 - flags are flags
    """Write a commented scenario to change: a template, or the answers to a dozen questions.

    A file that exists is never overwritten.
    """
    from bposim import templates

    if listing:
        show([_table()])
        say("Next: bposim init --template NAME writes one.")
        return
    if wizard and template is not None:
        raise click.UsageError("--wizard writes a scenario of its own; leave --template out")
    name = template or templates.STARTER
    try:
        text = "" if wizard else templates.text(name)
    except LookupError as error:
        raise click.BadParameter(
            f"{error.args[0]}; `bposim init --list` shows them all", param_hint="--template"
        ) from None
    target = output or (WIZARD_FILE if wizard else f"{_file_stem(name)}.yaml")
    if target != STDOUT:
        _free(Path(target))
    if wizard:
        text = _asked()
    if target == STDOUT:
        write(text)
        return
    _save(Path(target), text)
    say(f"{target} is written. Replace its figures by your own, then:")
    for step in (f"bposim validate {target}", f"bposim plan {target}", f"bposim run {target}"):
        click.echo(visible(f"  {step}"))


def _file_stem(name: str) -> str:
    """Return the template's own name for its code or a name in capitals."""
    from bposim import templates

    found = name.strip().lower()
    return next((t.name for t in templates.templates() if found in {t.name, t.code.lower()}), found)


def _free(path: Path) -> None:
    """Refuse a file that exists, before any question is asked."""
    if path.exists():
        raise click.UsageError(f"{path} exists and is not overwritten; name another file with -o")


def _save(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        _free(path)
        raise


def _table() -> Any:  # noqa: ANN401 - a Table, whose module takes long to import
    from bposim import templates
    from bposim.report.table import Table

    rows = tuple((t.name, t.code, t.about) for t in templates.templates())
    return Table("Scenarios to start from", ("template", "code", "what it is"), rows, left=3)


def _asked() -> str:
    """Ask every question, and return the scenario; what was assumed goes to stderr."""
    from bposim.files import scenario_of
    from bposim.library import defaults_used
    from bposim.wizard import QUESTIONS, Answers, assumptions, scenario_text
    from bposim.yaml_tree import read_tree

    complain("An empty answer takes what stands in brackets. Any answer can be changed in the file later.")
    given: dict[str, Any] = {}
    typed: dict[str, str] = {}
    for number, question in enumerate(QUESTIONS, 1):
        label = f"{number}/{len(QUESTIONS)}"
        answer = _answer(question, Answers(**given), label)
        if answer:
            typed[question.name] = answer
            given[question.name] = question.read(answer, Answers(**given))
    answers = Answers(**given)
    text = scenario_text(answers)
    used = defaults_used(scenario_of(read_tree(text, WIZARD_FILE)))
    complain("", "What the scenario takes for granted:")
    complain(*(f"  {name:<14} {value}  ({origin})" for name, value, origin in assumptions(answers, typed)))
    grades = Counter(default.grade for default in used)
    counted = ", ".join(f"{grades[grade]} of grade {grade}" for grade in "PSTCM" if grades[grade])
    complain(
        f"Beside these, numbers of the library: {counted}. M is our assumption; `bposim plan` lists them.", ""
    )
    return text


def _answer(question: Question, answers: Answers, label: str) -> str:
    """Return an answer that can be read; empty for the default.

    A person is asked again.  A pipe is not, since every later line would answer the wrong question.
    """
    grade = question.grade(answers)
    default = question.default(answers) + (f"; library, grade {grade}" if grade else "")
    while True:
        click.echo(f"{label} {question.text(answers)} [{default}] ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            message = f"the answers end before question {label}; an empty line takes the default"
            raise click.UsageError(message)
        answer = line.strip()
        if not sys.stdin.isatty():
            complain(answer)
        if not answer:
            return ""
        try:
            question.read(answer, answers)
        except ValueError as error:
            if not sys.stdin.isatty():
                raise click.UsageError(f"question {label}, {question.name}: {error}") from None
            complain(f"  {error}")
        else:
            return answer
