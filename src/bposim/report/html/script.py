"""The script of the page: the drawing code and the page's own, with the notices that they carry."""

from __future__ import annotations

from functools import cache
from importlib import resources

HERE = resources.files("bposim.report.html")

LICENCES = (
    "This page draws its charts with Vega, Vega-Lite and vega-interpreter, copyright 2015-2023 University of "
    "Washington Interactive Data Lab, BSD-3-Clause, and with d3 inside them, copyright 2010-2026 Mike "
    "Bostock, ISC."
)


@cache
def text_of(name: str) -> str:
    """Return a file of the page: its style, its template, its code."""
    return (HERE / name).read_text(encoding="utf-8")


@cache
def script_text() -> str:
    """Return the drawing code and the page's own, as one script.

    vega-interpreter is published as a module only; a page without a server cannot load modules, so its two
    lines of import and export become plain ones.
    """
    interpreter = _without_map(text_of("vendor/vega-interpreter.js"))
    imported = "import { ascending, isString, DisallowedObjectProperties } from 'vega-util';"
    exported = "export { expression as expressionInterpreter };"
    for line in (imported, exported):
        assert interpreter.count(line) == 1, f"vega-interpreter has changed: {line}"  # noqa: S101 - vendored, and tested
    interpreter = interpreter.replace(
        imported, "const { ascending, isString, DisallowedObjectProperties } = vega;"
    )
    interpreter = interpreter.replace(
        exported, "window.vegaInterpreter = { expressionInterpreter: expression };"
    )
    parts = [
        f"/*! {LICENCES} */",
        _without_map(text_of("vendor/vega.min.js")),
        _without_map(text_of("vendor/vega-lite.min.js")),
        f"(() => {{\n{interpreter}\n}})();",
        text_of("page.js"),
    ]
    script = "\n".join(parts)
    assert "</script" not in script.lower(), "the script would end where it says </script"  # noqa: S101
    assert "<!--" not in script, "a comment would begin inside the script"  # noqa: S101
    return script


def _without_map(text: str) -> str:
    """Return code without the line that sends a browser's tools to another file."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("//# sourceMappingURL"))
