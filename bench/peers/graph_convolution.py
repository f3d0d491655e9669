"""PyTorch's side of the fusion trial: python graph_convolution.py THREADS DEVICE.

A request {"graphs": g, "nodes": n, "width": d, "steps": s} is answered with the milliseconds of Y = A U W' + b, forward
and backward, s times.
"""
import json
import sys
import time

import torch


def measure(ask, device):
    graphs, nodes, width = ask["graphs"], ask["nodes"], ask["width"]
    a = torch.rand(nodes, nodes, device=device)
    u = torch.rand(graphs, nodes, width, device=device, requires_grad=True)
    w = torch.rand(width, width, device=device, requires_grad=True)
    b = torch.rand(width, device=device, requires_grad=True)
    dy = torch.rand(graphs, nodes, width, device=device)
    times = []
    for _ in range(ask["steps"] + 1):
        start = time.perf_counter()
        u.grad = w.grad = b.grad = None
        torch.nn.functional.linear(a @ u, w, b).backward(dy)
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - start))
    return times[1:]  # the first one warms up


def main():
    threads, device = int(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(threads)
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"ms": measure(json.loads(line), device)}), flush=True)


if __name__ == "__main__":
    main()
