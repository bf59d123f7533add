"""What the template of each service says and takes for granted: SV1 to SV14."""

from __future__ import annotations

from typing import Any, NamedTuple

from bposim.wizard import Answers

_ALWAYS = "contracts that end early, disputes, tax on the saving, systems that stay in every alternative."


class Service(NamedTuple):
    """A service as a template."""

    about: str
    """First what it is, then what makes it special."""
    missing: str
    """What this service would need that the file does not count, to be read before the usual list."""
    places: tuple[str, ...]
    more: tuple[tuple[str, Any], ...] = ()
    """Other answers."""

    def answers(self, service: str) -> Answers:
        """Return the answers from which the template is written."""
        return Answers(service=service, places=self.places, **dict(self.more))

    @property
    def left_out(self) -> str:
        """What the file does not count."""
        return f"{self.missing}; {_ALWAYS}"


SERVICES = {
    "front_office": Service(
        "Front office: work in which customers are met. Errors are seen by customers, and language counts",
        "customers who leave over the service; the brand",
        ("mexico", "canada"),
        (("people", 60.0),),
    ),
    "customer_service": Service(
        "Customer service by telephone, mail and chat. Many leave each year, and the holidays are busy",
        "customers who leave over the service; what a longer wait costs",
        ("philippines", "mexico"),
        (("people", 80.0), ("sector", "retail")),
    ),
    "technical_support": Service(
        "Technical support and product help desk. It takes long to learn, and who is not helped calls again",
        "repeated calls as volume (they cost as errors); customers who leave",
        ("india", "poland"),
        (("sector", "technology"),),
    ),
    "sales_marketing": Service(
        "Sales and marketing: leads, calls, appointments. Work that earns money: a worse lead costs margin",
        "prices by success; what the vendor's people sell better or worse beyond the errors; the brand",
        ("mexico", "canada"),
        (("people", 30.0),),
    ),
    "order_processing": Service(
        "Order taking and processing. Peaks before the holidays, and an hour of outage loses orders",
        "returns and lost customers beyond the cost of an error",
        ("philippines", "mexico"),
        (("sector", "retail"),),
    ),
    "back_office": Service(
        "Back office in general: work that customers do not see. Accuracy and exceptions decide",
        "deadlines within a month",
        ("mexico", "poland"),
    ),
    "hr_payroll": Service(
        "Payroll, benefits and employee data. A price for each payslip, personal data, and law that changes",
        "fines for a wrong or late return; the burden of tax law that moves to the vendor",
        ("canada", "us"),
        (("people", 40.0),),
    ),
    "finance_accounting": Service(
        "Accounts payable and receivable, ledger, reporting. Priced by invoice, and the close of the month",
        "working capital; the month's end; what a chief financial officer does with the time",
        ("philippines", "poland"),
    ),
    "data_management": Service(
        "Data entry and processing, documents. The easiest work to write down and to move",
        "a machine that takes over the work",
        ("philippines", "south_africa"),
    ),
    "it_services": Service(
        "IT services: network, internal help desk, maintenance. Outages and privileged access weigh most",
        "projects; licences; what a vendor with administrator's rights could do beyond a breach",
        ("india", "poland"),
        (("sector", "technology"),),
    ),
    "supply_chain": Service(
        "Procurement, stock and logistics support. An error is a missing part or an expedited lorry",
        "better or worse prices of suppliers; stock and its capital",
        ("philippines", "mexico"),
    ),
    "administration": Service(
        "Administration and other repetitive tasks. Bought by the month of a person",
        "the time of those who have to explain a task twice",
        ("south_africa", "mexico"),
        (("people", 40.0),),
    ),
    "it_outsourcing": Service(
        "IT outsourcing: infrastructure, development, security. Engineers by the month, and long learning",
        "projects that fail; code that nobody understands later; who owns it",
        ("philippines", "poland"),
        (("sector", "technology"),),
    ),
    "knowledge_work": Service(
        "Knowledge work: research, analytics, legal. Scarce people, and answers to be judged",
        "the worth of a better answer; know-how that leaves the house",
        ("india", "south_africa"),
        (("people", 30.0), ("size", "mid")),
    ),
}
