"""How Sphinx builds the documentation: ``make docs``, with warnings as errors."""

from __future__ import annotations

import re
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "bposim"
author = "The bposim authors"
project_copyright = "The bposim authors"
version = release = installed("bposim")

extensions = ["myst_nb"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4  # links to headings are checked, too
nitpicky = True

# Notebooks are run at every build: an example that no longer works stops it.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

html_theme = "furo"
html_title = "bposim"
html_show_copyright = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["wide.css"]


def contents(_app: Sphinx, name: str, source: list[str]) -> None:
    """Add to a folder's first page the pages of the folder, in the order in which it links to them.

    A table of contents in the file itself would be gibberish wherever else the file is read.
    """
    if name.endswith("/README"):
        pages = dict.fromkeys(re.findall(r"\]\(([\w-]+)\.md\)", source[0]))
        source[0] += "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"


def setup(app: Sphinx) -> None:
    """Let Sphinx call what is defined here."""
    app.connect("source-read", contents)
