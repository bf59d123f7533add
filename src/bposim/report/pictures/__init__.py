"""Pictures of a result for people who decide; the only place that imports matplotlib.

Each module is one picture: ``draw(result)`` returns a Figure, ``plot(axes, result, name)`` puts one
alternative on axes and returns them, ``finding`` is the title, ``alt_text`` the picture in words.
"""

from bposim.report.pictures.gallery import save_all

__all__ = ["save_all"]
