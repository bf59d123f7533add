"""The dialogue of ``bposim init --wizard``: questions on stderr, answers from stdin, a line each."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.terminal import complain

if TYPE_CHECKING:
    from bposim.wizard import Answers, Question

EXPLAIN, BACK, SUGGESTION = "?", "<", "-"
"""Answers that are none: explain the question, go to the one before, take the suggestion again."""

NEXT_LINE = "  The next line answers this question again; an empty one does not."
"""For answers out of a pipe: each was meant for a question of its own, so one more line is needed."""

WIDTH = 100
"""Columns of an explanation."""

HOW = f"""\
An empty answer takes what stands in brackets; {EXPLAIN} explains a question, {BACK} goes one back.
Numbers are written as in a scenario file: 40%, 450k, 1.2M, 18 months. Ctrl-C ends it; nothing is written
before the last question, and any answer can be changed in the file later.
"""


def asked(target: str) -> str:
    """Ask every question, and return the scenario; what was assumed goes to stderr.

    At a terminal the answers are shown before the file is written, and each can be changed.
    """
    from bposim.wizard import QUESTIONS, assumptions, scenario_text

    complain(HOW)
    typed: dict[str, str] = {}
    position, reviewing = 0, False
    while True:
        while position < len(QUESTIONS):
            answer = _answer(position, typed)
            if answer == BACK:
                position = max(position - 1, 0)
                continue
            typed[QUESTIONS[position].name] = answer
            position = _unread(typed) if reviewing else position + 1
        answers = _answers(typed, len(QUESTIONS))
        text = scenario_text(answers)
        given = {name: said for name, said in typed.items() if said}
        complain("", "What the scenario takes for granted:")
        complain(
            *(
                f"  {number:>2} {name:<15} {value}  ({origin})"
                for number, (name, value, origin) in enumerate(assumptions(answers, given), 1)
            )
        )
        complain(_graded(text), "")
        if not sys.stdin.isatty():
            return text
        position, reviewing = _to_change(target, len(QUESTIONS)), True
        if position == len(QUESTIONS):
            return text


def _answers(typed: dict[str, str], count: int) -> Answers:
    """Return what the first ``count`` questions were answered; ValueError if they do not fit."""
    from bposim.wizard import QUESTIONS, Answers

    given: dict[str, Any] = {}
    for question in QUESTIONS[:count]:
        if typed.get(question.name):
            given[question.name] = question.read(typed[question.name], Answers(**given))
    return Answers(**given)


def _unread(typed: dict[str, str]) -> int:
    """Return the first question whose answer no longer fits those before it, or their number."""
    from bposim.wizard import QUESTIONS

    for position, question in enumerate(QUESTIONS):
        try:
            _answers(typed, position + 1)
        except ValueError as error:
            complain("", f"  {question.name}: {error}")
            return position
    return len(QUESTIONS)


def _answer(position: int, typed: dict[str, str]) -> str:
    """Return an answer that can be read, BACK, or nothing for the suggestion; else ask again.

    Raises UsageError where the answers end before that; it says what was answered until then.
    """
    from bposim.wizard import QUESTIONS

    question, label = QUESTIONS[position], f"{position + 1}/{len(QUESTIONS)}"
    answers = _answers(typed, position)
    before = _still(question, typed.get(question.name, ""), answers)
    source = question.origin(answers)
    origin = f"; library: {source}" if source else ""
    shown = f"{before}; your answer" if before else f"{question.default(answers)}{origin}"
    options = question.options(answers)
    width = max(map(len, options), default=0)
    complain(*(f"    {name:<{width}}  {words}" for name, words in options.items()))
    refused = False
    while True:
        click.echo(f"{label} {question.text(answers)} [{shown}] ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            complain("")
            raise click.UsageError(_ended(label, position, typed))
        answer = line.strip()
        if not sys.stdin.isatty():
            complain(answer)
        if not answer and refused:
            continue
        if answer in {"", SUGGESTION, BACK}:
            return {"": before, SUGGESTION: "", BACK: BACK}[answer]
        if answer == EXPLAIN:
            _explain(question, before)
            continue
        try:
            question.read(answer, answers)
        except ValueError as error:
            refused = not sys.stdin.isatty()
            complain(f"  {error}", *([NEXT_LINE] if refused else []))
        else:
            return answer


def _ended(label: str, position: int, typed: dict[str, str]) -> str:
    """Say that the answers ended too early, and give those that were read, to be handed over again."""
    from bposim.wizard import QUESTIONS

    lines = [
        f"  {typed.get(question.name, '') or '(an empty line)'}  <- {question.name}"
        for question in QUESTIONS[:position]
    ]
    kept = "\n".join(["; the answers so far, a line each:", *lines]) if lines else ""
    return f"the answers end before question {label}; an empty line takes what stands in brackets{kept}"


def _still(question: Question, before: str, answers: Answers) -> str:
    """Return an earlier answer to the question if it can still be read; else nothing."""
    try:
        question.read(before, answers)
    except ValueError:
        return ""
    return before


def _explain(question: Question, before: str) -> None:
    lines = textwrap.wrap(question.about, WIDTH)
    if before:
        lines.append(f"{SUGGESTION} takes the suggestion in place of your answer.")
    complain(*(f"    {line}" for line in lines))


def _graded(text: str) -> str:
    """Say how many numbers of the library the scenario takes beside the answers, by grade."""
    from bposim.files import scenario_of
    from bposim.library import defaults_used
    from bposim.library.entry import GRADES
    from bposim.yaml_tree import read_tree

    used = defaults_used(scenario_of(read_tree(text, "the wizard's file")))
    grades = Counter(default.grade for default in used)
    lines = (
        f"  {grades[grade]:>3} of grade {grade}: {words}" for grade, words in GRADES.items() if grades[grade]
    )
    return "\n".join(["Beside these, numbers of the library, which `bposim plan` lists:", *lines])


def _to_change(target: str, count: int) -> int:
    """Return the position of the answer that a person wants to change, or their number for none."""
    while True:
        click.echo(f"Enter writes {target}; a number changes that answer: ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            raise click.Abort
        answer = line.strip()
        if not answer:
            return count
        if answer.isdecimal() and 1 <= int(answer) <= count:
            return int(answer) - 1
        complain(f"  write a number from 1 to {count}, or nothing")
