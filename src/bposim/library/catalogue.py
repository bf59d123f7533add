"""The library as a whole: its entries, its profiles, and what ``like: library.…`` in a scenario leads to.

Figures stand in ``figures/``, one file a theme; profiles in ``profiles/``, pieces of a scenario for a place,
a service or a kind of company.  Both are read from the installed package; nothing is fetched.

YAML takes half a second for all figures, and a run needs a dozen of them: the package ships them in one file
of JSON besides, which is what is read; a test holds the two together.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bposim import sharing
from bposim.library import measures
from bposim.library.entry import GRADES, Entry, Published, Source, annotation, read_annotation
from bposim.tree import List, Map, Text, descend, steps_of
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.tree import Node, Steps

_HERE = Path(__file__).parent
_FIGURES = _HERE / "figures"
_PROFILES = _HERE / "profiles"
_PROFILE = "profiles"
_SOURCES = "sources"

SHIPPED = "figures.json"
"""The figures and their sources as the package reads them; see :func:`figures_text`."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Pieces of a scenario for one place, service or kind of company."""

    key: str
    """Its name, as in ``like: library.<key>.<piece>``."""
    about: str
    content: Map
    """The pieces by name, with everything that they take over filled in."""


class Library:
    """Entries by key, and profiles."""

    def __init__(self, entries: Mapping[str, Entry], profiles: Mapping[str, Profile]) -> None:
        self.entries = dict(entries)
        self.profiles = dict(profiles)

    def __getitem__(self, key: str) -> Entry:
        return self.entries[key]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, text: str) -> list[Entry]:
        """Return the entries that mention every word of ``text``, those first whose key does."""
        words = text.lower().split()
        found = [entry for entry in self if all(word in entry.words() for word in words)]
        return sorted(found, key=lambda entry: -sum(word in entry.key for word in words))

    def profiles_about(self, text: str) -> list[Profile]:
        """Return the profiles whose name or purpose mentions every word of ``text``."""
        words = text.lower().split()
        return [
            profile
            for profile in self.profiles.values()
            if all(word in f"{profile.key} {profile.about}".lower() for word in words)
        ]


@cache
def load() -> Library:
    """Return the library of this installation."""
    files = sorted(_PROFILES.rglob("*.yaml"))
    names = (path.relative_to(_PROFILES).with_suffix("").parts for path in files)
    profiles = {profile.key: profile for profile in map(_profile, names)}
    return Library({key: figure(key) for key in keys()}, profiles)


def themes() -> list[str]:
    """Return the themes of the figures, in alphabetical order."""
    return sorted(_shipped().keys() - {_SOURCES})


@cache
def keys() -> dict[str, None]:
    """Return the keys of all figures, by theme."""
    return {f"{theme}.{name}": None for theme in themes() for name in _shipped()[theme]}


@cache
def figure(key: str) -> Entry:
    """Return one figure; KeyError if there is none of this name."""
    theme, _, name = key.partition(".")
    return _entry(key, cast("Map", _tree(_shipped()[theme][name])))


def node(path: str) -> Node | None:
    """Return the piece at ``path``, such as ``attrition.us.contact_centre``; None where there is none.

    Nothing else of the library is read.
    """
    steps = steps_of(path.split("."))
    if str(steps[0]) in measures.PIECES:
        return measures.node(path)
    if steps[0] == _PROFILE:
        for length in range(2, len(steps) + 1):
            parts = tuple(str(step) for step in steps[1:length])
            if _PROFILES.joinpath(*parts).with_suffix(".yaml").is_file():
                return _inside(_profile(parts).content, steps[length:])
        return None
    return figure(path).node if path in keys() else None


def _inside(content: Map, steps: Steps) -> Node | None:
    """Return a piece of a profile, with the source of what it lies in where it has none of its own."""
    found = descend(content, steps)
    for length in reversed(range(len(steps))):
        around = descend(content, steps[:length])
        if found is not None and isinstance(around, Map) and "source" in around:
            return sharing.with_source(found, around["source"])
    return found


def advice(path: str) -> str:
    """Say what to write instead of a path at which the library has nothing to be like."""
    if path.partition(".")[0] in measures.PIECES:
        return measures.advice(path)
    library = load()
    if path in library.entries:
        return f"it is for comparison only and has no default; `bposim library {path}` shows it"
    known = [entry.key for entry in library if entry.node is not None]
    for profile in library.profiles.values():
        known += [profile.key, *(f"{profile.key}.{piece}" for piece in profile.content)]
    below = [key for key in known if key.startswith(f"{path}.")]
    close = below[:1] or difflib.get_close_matches(path, known, n=1)
    return f'did you mean "library.{close[0]}"?' if close else "`bposim library` lists what there is"


def figures_text() -> str:
    """Return what stands in ``figures/`` as the text of the shipped file."""
    trees = {path.stem: load_tree(path) for path in sorted(_FIGURES.glob("*.yaml"))}
    content = {stem: tree if stem == _SOURCES else tree["entries"] for stem, tree in trees.items()}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def shipped_figures() -> str:
    """Return the text of the shipped file."""
    return _HERE.joinpath(SHIPPED).read_text(encoding="utf-8")


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(shipped_figures())
    return content


def _tree(data: Any) -> Node:  # noqa: ANN401 - JSON
    """Return JSON as a tree; its places in the file are gone, as they are behind every ``like:`` anyway."""
    if isinstance(data, dict):
        return Map({key: _tree(value) for key, value in data.items()})
    return List([_tree(value) for value in data]) if isinstance(data, list) else Text(data)


@cache
def _source(name: str) -> Source:
    return Source.model_validate(_shipped()[_SOURCES][name])


def _entry(key: str, data: Map) -> Entry:
    published = [_published(cast("Map", record)) for record in cast("List", data["published"])]
    best = min((record.source.grade for record in published), key=list(GRADES).index)
    given: dict[str, Any] = {**data, "key": key, "published": published, "grade": data.get("grade", best)}
    entry = Entry.model_validate(given)
    default = data.get("default")
    if isinstance(default, Map | Text):
        entry._default_node = default  # noqa: SLF001 - set once, where it is made
    return entry


def _published(record: Map) -> Published:
    values = cast("Map", record.get("values", Map()))
    ends = {name: value if isinstance(value, List) else [value] for name, value in values.items()}
    return Published(
        source=_source(str(record["source"])),
        values=dict(values),
        written={name: " to ".join(map(str, both)) for name, both in ends.items()},
        note=str(record["note"]) if "note" in record else None,
    )


@cache
def _profile(parts: tuple[str, ...]) -> Profile:
    key = ".".join((_PROFILE, *parts))
    tree = sharing.resolve(load_tree(_PROFILES.joinpath(*parts).with_suffix(".yaml")), library=SHELF)
    pieces = Map({name: value for name, value in tree.items() if name != "about"}, tree.mark, tree.key_marks)
    return Profile(key, str(tree["about"]), cast("Map", _signed(pieces, key)))


def _signed(value: Node, key: str) -> Node:
    """Return the piece with the library's signature in every ``source:`` that does not have it yet."""
    if isinstance(value, List):
        return List([_signed(item, f"{key}[{i}]") for i, item in enumerate(value)], value.mark)
    if isinstance(value, Text) and value.source and read_annotation(value.source) is None:
        return Text(value, value.mark, plain=value.plain, source=annotation(value.source, key))
    if not isinstance(value, Map):
        return value
    items = {name: _signed(item, f"{key}.{name}") for name, item in value.items()}
    source = value.get("source")
    if isinstance(source, Text) and read_annotation(source) is None:
        items["source"] = Text(annotation(source, key), source.mark)
    return Map(items, value.mark, value.key_marks, value.origin)


class _Shelf:
    """The library as :func:`bposim.sharing.resolve` asks for it."""

    def node(self, path: str) -> Node | None:
        return node(path)

    def advice(self, path: str) -> str:
        return advice(path)


SHELF: sharing.Shelf = _Shelf()
"""What ``like: library.…`` is looked up in."""
