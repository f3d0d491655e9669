"""Gromov-Wasserstein plans by numpy and POT for the align trial: python align.py.

A request {"who": …, "source": [[…]], "target": [[…]], "epsilon": e, "outer": o, "inner": i, "steps": s} is answered with
the milliseconds of one plan, s times. Every contestant does all iterations: tolerances are 0. "numpy, log domain" is
the algorithm of the addon in float64; "numpy, scaling" leaves out the logarithms and with them the protection against
numbers out of range; POT takes its own default, scaling too.
"""
import json
import sys
import time
import warnings

import numpy
import ot

warnings.filterwarnings("ignore")  # POT warns that it did not converge: it was told to do all iterations


def log_sum(x, axis):
    top = x.max(axis=axis, keepdims=True)
    return (top + numpy.log(numpy.exp(x - top).sum(axis=axis, keepdims=True))).squeeze(axis)


def plan_in_logs(logits, p, q, g, iterations):
    for _ in range(iterations):
        f = numpy.log(p) - log_sum(logits + g, 1)
        g = numpy.log(q) - log_sum(logits + f[:, None], 0)
    return numpy.exp(logits + f[:, None] + g), g


def plan_by_scaling(logits, p, q, v, iterations):
    kernel = numpy.exp(logits - logits.max())
    for _ in range(iterations):
        u = p / (kernel @ v)
        v = q / (u @ kernel)
    return u[:, None] * kernel * v, numpy.ones_like(q)


def gromov_wasserstein(source, target, p, q, ask, plan_of, start):
    constant = (source**2 @ p)[:, None] + target**2 @ q
    plan, kept = numpy.outer(p, q), start
    for _ in range(ask["outer"]):
        cost = constant - 2 * source @ plan @ target.T
        plan, kept = plan_of(-2 * cost / ask["epsilon"], p, q, kept, ask["inner"])
    return plan


def by_pot(source, target, p, q, ask):
    return ot.gromov.entropic_gromov_wasserstein(
        source, target, p, q, "square_loss", epsilon=ask["epsilon"], solver="PGD",
        max_iter=ask["outer"], tol=0, numItermax=ask["inner"], stopThr=0)  # fmt: skip


def solve(source, target, p, q, ask):
    if ask["who"] == "POT":
        return by_pot(source, target, p, q, ask)
    logs = ask["who"] == "numpy, log domain"
    start = numpy.zeros(len(q)) if logs else numpy.ones(len(q))
    return gromov_wasserstein(source, target, p, q, ask, plan_in_logs if logs else plan_by_scaling, start)


def measure(ask):
    source, target = numpy.array(ask["source"]), numpy.array(ask["target"])
    p, q = (numpy.full(len(graph), 1 / len(graph)) for graph in (source, target))
    times = []
    for _ in range(ask["steps"]):
        start = time.perf_counter()
        solve(source, target, p, q, ask)
        times.append(1000 * (time.perf_counter() - start))
    return times


def main():
    print(json.dumps({"numpy": numpy.__version__, "POT": ot.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"ms": measure(json.loads(line))}), flush=True)


if __name__ == "__main__":
    main()
