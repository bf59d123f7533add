"""About ten answers in, a whole scenario file out: what was not answered comes from the library."""

from bposim.wizard.answers import PLACES, Answers, services
from bposim.wizard.questions import QUESTIONS, Question
from bposim.wizard.writing import assumptions, scenario_text

__all__ = ["PLACES", "QUESTIONS", "Answers", "Question", "assumptions", "scenario_text", "services"]
