"""monaco: one Python call a case, so it is measured on few trials and scaled."""

import monaco as mc
import numpy as np
from reference import DISCOUNT, EVENTS, FX_SIGMA, LOSS_MU, LOSS_SIGMA, MONTHS, MU, SIGMA, clocked
from scipy.stats import lognorm, norm, poisson, randint


def preprocess(case: mc.Case) -> tuple[list[float], list[float], int, int]:
    """Return the arguments of a case."""
    value = {name: case.invals[name].val for name in case.invals}
    costs, moves = ([value[f"{kind}{t}"] for t in range(MONTHS)] for kind in "cz")
    return costs, moves, value["events"], value["seed"]


def run(costs: list[float], moves: list[float], events: int, seed: int) -> tuple[float]:
    """Return the total cost of a case."""
    sizes = np.random.default_rng(int(seed)).lognormal(LOSS_MU, LOSS_SIGMA, int(events))
    return (float((np.array(costs) * np.exp(np.cumsum(moves))) @ DISCOUNT + sizes.sum()),)


def postprocess(case: mc.Case, total: float) -> None:
    """Keep the total of a case."""
    case.addOutVal("total", total)


def model(trials: int) -> np.ndarray:
    """Return the total cost."""
    functions = {"preprocess": preprocess, "run": run, "postprocess": postprocess}
    sim = mc.Sim(
        name="total",
        ndraws=trials,
        fcns=functions,
        firstcaseismedian=False,
        seed=1,
        singlethreaded=True,
        savecasedata=False,
        savesimdata=False,
        verbose=False,
    )
    for t in range(MONTHS):
        sim.addInVar(f"c{t}", dist=lognorm, distkwargs={"s": SIGMA, "scale": np.exp(MU)})
        sim.addInVar(f"z{t}", dist=norm, distkwargs={"loc": -(FX_SIGMA**2) / 2, "scale": FX_SIGMA})
    sim.addInVar("events", dist=poisson, distkwargs={"mu": EVENTS})
    sim.addInVar("seed", dist=randint, distkwargs={"low": 0, "high": 2**31 - 1})
    sim.runSim()
    return np.asarray(sim.outvars["total"].nums)


clocked(model)
