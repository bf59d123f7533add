"""Published figures and the defaults built on them, for use in scenarios by ``like: library.<key>``."""

from bposim.library.catalogue import Library, Profile, load
from bposim.library.entry import GRADES, Entry, Grade, Published, Source
from bposim.library.outside_view import Default, defaults_used, outside_view

__all__ = [
    "GRADES",
    "Default",
    "Entry",
    "Grade",
    "Library",
    "Profile",
    "Published",
    "Source",
    "defaults_used",
    "load",
    "outside_view",
]
