"""Makes risk.json: the wealth of the bets of confseq (Waudby-Smith & Ramdas 2023).

    pip install numpy scipy matplotlib multiprocess
    PYTHONPATH=confseq/src python test/vectors/make_risk.py      # confseq 0.0.11; its compiled part isn't needed
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from confseq.betting import betting_mart
from confseq.betting_strategies import lambda_aKelly, lambda_predmix_eb

HERE = Path(__file__).parent
LEVEL = 0.025


def rounded(values, digits=4):
    return [round(float(v), digits) for v in values]


def samples(rng):
    return [
        ("errors of 20%", (rng.random(400) < 0.2).astype(float)),
        ("errors that rise", np.r_[rng.random(200) < 0.1, rng.random(200) < 0.5].astype(float)),
        ("means of blocks", rng.beta(8, 32, 60)),
        ("losses between 0 and 1", rng.beta(0.3, 1.2, 300)),
        ("no loss", np.zeros(100)),
        ("nothing but loss", np.ones(30)),
        ("one row", np.array([0.4])),
    ]


def live(x, m):
    """Log of the wealth after each loss of one who bets that the mean is above m, never that it is below."""
    bets = lambda x, m: np.maximum(0, lambda_aKelly(x, m, prior_mean=m, prior_variance=0.25))
    return np.log(betting_mart(x, m, lambdas_fn_positive=bets, theta=1, trunc_scale=0.75))


def held_out(x, m):
    """Log of the largest wealth along the way of one who bets that the mean is below m."""
    bets = lambda x, m: lambda_predmix_eb(x, alpha=LEVEL, fixed_n=len(x))
    return max(0, np.log(betting_mart(x, m, lambdas_fn_negative=bets, theta=0, trunc_scale=0.75)).max())


def case(name, x):
    x = np.array(rounded(x))
    means = (0.05, 0.2, 0.5, 0.9)
    return {"name": name, "losses": x.tolist(), "live": [[m, live(x, m)[-1]] for m in means],
            "heldOut": [[m, held_out(x, m)] for m in means]}


vectors = {"madeBy": {"numpy": version("numpy"), "confseq": "0.0.11"}, "level": LEVEL, "cases": [case(*s) for s in samples(np.random.default_rng(6))]}
text = json.dumps(vectors, allow_nan=False, separators=(",", ":")).replace(".0,", ",").replace('{"name"', '\n{"name"')
(HERE / "risk.json").write_text(text + "\n")
