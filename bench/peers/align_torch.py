"""Gromov-Wasserstein plans of many pairs at once by PyTorch for the align trial: python align_torch.py DEVICE.

A request {"pairs": b, "n": n, "m": m, "epsilon": e, "outer": o, "inner": i, "steps": s, "type": "float64"} is answered
with the milliseconds of one pair, s times. The algorithm is that of the addon: logarithms, and all iterations.
"""
import json
import sys
import time

import torch


def distances(pairs, nodes, kind, device):
    points = torch.rand(pairs, nodes, 8, dtype=kind, device=device)
    return torch.cdist(points, points)


def plan_of(logits, log_p, log_q, g, iterations):
    for _ in range(iterations):
        f = log_p - torch.logsumexp(logits + g[:, None, :], 2)
        g = log_q - torch.logsumexp(logits + f[:, :, None], 1)
    return torch.exp(logits + f[:, :, None] + g[:, None, :]), g


def solve(source, target, p, q, ask):
    constant = (source**2 @ p)[:, :, None] + (target**2 @ q)[:, None, :]
    plan, g = p[:, None] * q, torch.zeros_like(target[:, 0])
    for _ in range(ask["outer"]):
        cost = constant - 2 * source @ plan @ target.transpose(1, 2)
        plan, g = plan_of(-2 * cost / ask["epsilon"], p.log(), q.log(), g, ask["inner"])
    return plan


def measure(ask, device):
    kind, n, m = getattr(torch, ask["type"]), ask["n"], ask["m"]
    source, target = (distances(ask["pairs"], nodes, kind, device) for nodes in (n, m))
    p, q = (torch.full((nodes,), 1 / nodes, dtype=kind, device=device) for nodes in (n, m))
    times = []
    for _ in range(ask["steps"]):
        start = time.perf_counter()
        solve(source, target, p, q, ask).cpu()
        times.append(1000 * (time.perf_counter() - start) / ask["pairs"])
    return times


def main():
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"ms": measure(json.loads(line), sys.argv[1])}), flush=True)


if __name__ == "__main__":
    with torch.no_grad():
        main()
