"""What streamlit runs for each tab: the page, for the file that the command was given."""

import sys

from bposim.app.page import page

page(sys.argv[1] if len(sys.argv) > 1 else None)
