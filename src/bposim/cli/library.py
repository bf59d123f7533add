"""``bposim library``: published figures, and the defaults that a scenario can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bposim.cli.parameters import format_option
from bposim.cli.terminal import say, show, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bposim.library import Entry, Profile
    from bposim.report.table import Table

SCHEMA = "bposim.library/1"


@click.command()
@click.argument("search", nargs=-1)
@click.option(
    "--grade",
    type=click.Choice(["P", "S", "T", "C", "M"], case_sensitive=False),
    help="Only figures of this grade: P publisher seen, S quoted, T trade page, C computed, M unverified.",
)
@click.option("--theme", help="Only one theme, e.g. attrition; the first part of a figure's name.")
@format_option("table", "json")
def library(search: tuple[str, ...], grade: str | None, theme: str | None, form: str) -> None:
    """List published figures and the defaults built on them.

    SEARCH words narrow the list; the whole name of a figure or profile shows that one in full, with the
    lines to paste into a scenario.
    """
    from bposim.library import load
    from bposim.report.document import json_text

    found = load()
    name = search[0].removeprefix("library.") if len(search) == 1 else ""
    if name in found.entries or name in found.profiles:
        whole = found.entries.get(name)
        if form == "json":
            content = entry_content(whole) if whole else profile_content(found.profiles[name])
            write(json_text({"schema": SCHEMA, **content}))
        else:
            click.echo("\n".join(_entry(whole) if whole else _profile(found.profiles[name])))
        return
    entries = [
        entry
        for entry in found.find(" ".join(search))
        if (grade is None or entry.grade == grade.upper()) and theme in {None, entry.theme}
    ]
    themed = theme is None or theme == "profiles"
    profiles = found.profiles_about(" ".join(search)) if themed and grade is None else []
    if theme is not None and theme != "profiles" and theme not in {entry.theme for entry in found}:
        from bposim.part import suggestion

        known = {entry.theme for entry in found} | {"profiles"}
        message = f"no theme is called {theme!r}; {suggestion(theme, known)}"
        raise click.BadParameter(message, param_hint="--theme")
    if form == "json":
        listed = {
            "entries": list(map(entry_content, entries)),
            "profiles": list(map(profile_content, profiles)),
        }
        write(json_text({"schema": SCHEMA, **listed}))
        return
    show(_tables(entries, profiles))
    if not entries and not profiles:
        say("Nothing mentions all of these words; fewer of them find more.")
        return
    say("Next: bposim library NAME shows one in full, with the lines to paste.")


def entry_content(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values for JSON."""
    return {
        "key": entry.key,
        "ref": entry.ref,
        "meaning": entry.meaning,
        "unit": entry.unit,
        "grade": entry.grade,
        "default": {key: value for key, value in (entry.node or {}).items() if key != "source"} or None,
        "mean": entry.mean,
        "published": [
            {
                "values": {what: list(value) for what, value in published.values.items()},
                "note": published.note,
                "source": published.source.model_dump(),
            }
            for published in entry.published
        ],
        "note": entry.note,
        "use": f"like: library.{entry.key}" if entry.node is not None else None,
    }


def profile_content(profile: Profile) -> dict[str, Any]:
    """Return a profile as plain values for JSON."""
    return {"key": profile.key, "about": profile.about, "content": profile.content}


def _tables(entries: Sequence[Entry], profiles: Sequence[Profile]) -> list[Table]:
    from bposim.report.table import NOTHING, Table

    figures = Table(
        "Figures of the library; grade of the default, or of the figure where there is none",
        ("name", "default", "unit", "grade", "source"),
        tuple((e.key, _default(e) or NOTHING, e.unit, e.grade, e.published[0].source.short) for e in entries),
        left=5,
    )
    pieces = Table(
        "Profiles: pieces of a scenario",
        ("name", "what it is", "pieces"),
        tuple((p.key, p.about, ", ".join(p.content)) for p in profiles),
        left=3,
    )
    return [table for table in (figures, pieces) if table.rows]


def _default(entry: Entry) -> str:
    """Return the default in one line of a scenario."""
    if entry.node is None:
        return ""
    content = {key: value for key, value in entry.node.items() if key != "source"}
    return str(content["value"]) if set(content) == {"value"} else _inline(content)


def _inline(value: Any) -> str:  # noqa: ANN401 - any value of a scenario
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in ":#{}[],&*'\"") else text


def _entry(entry: Entry) -> Iterator[str]:
    from bposim.library import GRADES

    yield f"{entry.key} ({entry.ref})"
    yield entry.meaning
    yield f"Unit: {entry.unit}"
    yield ""
    yield "Published:"
    for published in entry.published:
        source = published.source
        for what, value in published.written.items():
            yield f"  {value:>14}  {what}"
        yield f"      {source.title}. {source.short} (grade {source.grade}: {GRADES[source.grade]})"
        yield from (f"      {text}" for text in (source.url, source.note, published.note) if text)
    yield ""
    if entry.node is None:
        yield "No default: it is for comparison."
    else:
        yield f"Default (grade {entry.grade}: {GRADES[entry.grade]}):"
        yield f"  {_default(entry)}"
    if entry.note:
        yield f"  {entry.note}"
    if entry.node is not None:
        name = entry.key.rpartition(".")[2]
        yield ""
        yield "In a scenario:"
        yield f"  {name}: {{like: library.{entry.key}}}"
        yield "or, to change it:"
        yield from (f"  {line}" for line in _yaml({name: entry.node}))


def _profile(profile: Profile) -> Iterator[str]:
    yield f"{profile.key}"
    yield profile.about
    yield ""
    yield f"In a scenario, e.g.: {{like: library.{profile.key}.{next(iter(profile.content))}}}"
    yield ""
    yield from _yaml(profile.content)


def _yaml(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a mapping as a scenario file writes it; a number has no quotes."""
    for key, value in content.items():
        if isinstance(value, dict) and (len(value) > 1 or isinstance(next(iter(value.values())), dict)):
            yield f"{key}:"
            yield from (f"  {line}" for line in _yaml(value))
        else:
            yield f"{key}: {_inline(value)}"
