"""The local page of ``bposim app``: a scenario, sliders for its main numbers, and its report.

``moving`` knows which numbers can be moved and writes them into the text of the file, ``answers`` simulates
and keeps, ``page`` shows, ``serving`` starts it all on this machine alone.  The page has no model of its own:
what it simulates is the file that it offers for saving, byte for byte.
"""
