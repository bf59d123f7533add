"""Every error code with an example of a mistake and of its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from bposim.errors import CODES


@dataclass(frozen=True, slots=True)
class CodeExplanation:
    """What a code of a complaint stands for."""

    code: str
    meaning: str
    warning: bool
    """Whether the scenario can be run all the same."""
    wrong: str
    """An example of the mistake."""
    right: str
    """The example put right."""
    remedy: str

    @property
    def name(self) -> str:
        """The word for it."""
        return self.code


def explain_code(code: str) -> CodeExplanation:
    """Return the explanation of a code such as BP104; KeyError for one that does not exist."""
    wrong, right, remedy = EXAMPLES[code]
    return CodeExplanation(code, CODES[code], code.startswith("BP3"), wrong, right, remedy)


EXAMPLES: dict[str, tuple[str, str, str]] = {
    "BP101": (
        "a spreadsheet, or text saved as UTF-16",
        "text saved as UTF-8",
        "Export the file as plain text, or choose UTF-8 where the editor saves it.",
    ),
    "BP102": (
        "title: Support: Manila",
        'title: "Support: Manila"',
        "The line and column are where reading stopped; most often a quote, a bracket or spaces are missing.",
    ),
    "BP103": (
        "manila: {…}\nmanila: {…}",
        "manila: {…}\nmanila-2: {…}",
        "Keep one of the two, or rename one: of two equal keys the file cannot mean both.",
    ),
    "BP104": (
        "team: {bufer: 5%}",
        "team: {buffer: 5%}",
        "Take the suggestion; `bposim schema` lists every key, and an editor with the schema offers them.",
    ),
    "BP105": (
        "role: {volume_per_fte: 900}",
        "role: {volume_per_fte: 900, salary: 48k}",
        "Add the key; the message says what it means.",
    ),
    "BP106": (
        "staffing: yearly",
        "staffing: level",
        "Write one of the values that the message names, or the kind of value that it expects.",
    ),
    "BP107": (
        "salary: 48,5",
        "salary: 48.5k",
        "Write numbers with a point: 0.4, 40%, 450k, 1.2M, 185_000 or 185,000; money with its code: PHP 45k.",
    ),
    "BP108": (
        "world: !include world.yaml",
        "extends: base.yaml",
        "Leave out tags, merge keys and deep nesting; share parts by like:, whole files by extends:.",
    ),
    "BP109": (
        "title: Support (no schema_version)",
        "schema_version: 1\ntitle: Support",
        "Write schema_version: 1 at the top.",
    ),
    "BP110": (
        "blend: {like: manilla}",
        "blend: {like: manila}",
        "Name a path that exists in this file; an override must not be like itself.",
    ),
    "BP111": (
        "role: {volume_per_fte: 900, fixed: 3, salary: 48k}",
        "role: {volume_per_fte: 900, salary: 48k}",
        "Keep one of the keys that exclude each other, or add the one that is needed beside it.",
    ),
    "BP201": (
        "share: 40",
        "share: 40%",
        "Write a number in the range that the message names; a distribution may need min or max.",
    ),
    "BP202": (
        "delay: {low: 3, likely: 1, high: 8}",
        "delay: {low: 0, likely: 1, high: 8}",
        "Bring the parameters in order; `bposim risks pert` shows a distribution in full.",
    ),
    "BP203": (
        "correlations: [[manila.price, manila.price, 0.5]]",
        "correlations: [[manila.price, manila.quality.distance, -0.3]]",
        "Correlate two different uncertain inputs; `bposim plan` lists them and proposes nothing impossible.",
    ),
    "BP204": (
        "team: {country: USA}     (world.wages has US)",
        "team: {country: US}",
        "Use a name that the scenario defines, or define it.",
    ),
    "BP205": (
        "alternatives: {in-house: {…}}",
        "alternatives: {in-house: {baseline: true, …}, manila: {…}}",
        "Give two alternatives or more, one of them baseline: true and without a transition.",
    ),
    "BP206": (
        "legs: [{share: 40%, …}, {share: 50%, …}]",
        "legs: [{share: 40%, …}, {share: 60%, …}]",
        "Change the shares of the alternative's legs so that they add up to 100%.",
    ),
    "BP207": (
        "price: {per_unit: {amount: 180, currency: PHP}}     (no world.fx.PHP)",
        "world: {fx: {PHP: {spot: 0.0172, volatility: 5.5%}}}",
        "Add the currency under world.fx: base currency for one unit of it.",
    ),
    "BP208": (
        "empirical: {file: /home/me/times.csv, column: hours}",
        "empirical: {file: data/times.csv, column: hours}",
        "Put the file into the folder of the scenario; the message says which line or column to mend.",
    ),
    "BP209": (
        "base_currency: EUR … fx: {PLN: {like: library.profiles.location.poland.fx}}",
        "fx: {PLN: {spot: 0.234, volatility: 6%}}     (EUR for one PLN)",
        "Write the rate against your base currency, and amounts converted into it, with your own source.",
    ),
    "BP301": (
        "alternatives: {in-house: {team: {risks: {breach: {…}}}}, manila: {vendor: {…}}}",
        "alternatives: {in-house: {team: {risks: {breach: {…}}}}, manila: {vendor: {risks: {breach: {…}}}}}",
        "Set the risk on the other side too, with a rate of 0 if it really cannot happen there.",
    ),
    "BP302": (
        "discount_rate: 8",
        "discount_rate: 8%",
        "Check the number; if it is meant, the warning does no harm.",
    ),
    "BP303": (
        "salary: 44     (or a price of 240 rupees that is meant in dollars)",
        "salary: 44k",
        'Check amount, unit, currency. If it is right, say so: salary: {value: 44, note: "meant: a token"}.',
    ),
    "BP401": (
        "a workbook with a password, or saved as .ods",
        "the workbook saved as .xlsx",
        "Save it as an Excel workbook (.xlsx) without password, or export it again.",
    ),
    "BP402": (
        "a row deleted, a sheet renamed, cells merged",
        "rows, sheets and headings as `bposim export --assumptions` made them",
        "Undo the change of structure; which values there are is decided in the scenario file.",
    ),
    "BP403": (
        "D7: forty, or 1,000 as text, or a date",
        "D7: 40%",
        "Type a number into the cell that the message names; its Unit column says of what.",
    ),
    "BP404": (
        "the book says 45000, the file was changed to 47k since, and the book was made from 44k",
        "one of the two, decided by a person",
        "Decide which holds and put it into both, or export a fresh book and carry the changes over.",
    ),
}
"""By code: wrong, right, remedy."""
