"""How Sphinx builds the documentation: ``make docs``, with warnings as errors."""

from importlib.metadata import version as installed

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
