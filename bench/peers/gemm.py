"""Matrix products of numpy and PyTorch for the gemm trial: python gemm.py THREADS.

A request {"who": "numpy" | "torch fp32" | "torch bf16", "rows": m, "width": n, "depth": k, "steps": s} is answered with
the milliseconds of a layer's three products each time: X W' [m, n], dY W [m, k] and dY' X [n, k]. The first line names
the kernels that the libraries chose.
"""
import ctypes
import glob
import json
import os
import re
import subprocess
import sys
import time

import numpy
import torch


def numpy_kernels():
    """The library that numpy carries, and the core whose kernels it chose."""
    folder = os.path.join(os.path.dirname(numpy.__file__), "..", "numpy.libs")
    for file in glob.glob(os.path.join(folder, "*openblas*")):
        library = ctypes.CDLL(file)
        for name in ("scipy_openblas_get_config64_", "scipy_openblas_get_config", "openblas_get_config"):
            if hasattr(library, name):
                function = getattr(library, name)
                function.restype = ctypes.c_char_p
                return function().decode()
    return "unknown"


def torch_kernels(kind):
    """What oneDNN or MKL says of itself when it runs one product; they speak on stdout, so in a process of its own."""
    ask = f"import torch; a = torch.ones(512, 384, dtype=torch.{kind}); a @ a.T"
    environment = {**os.environ, "ONEDNN_VERBOSE": "1", "MKL_VERBOSE": "1"}
    said = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True).stdout
    onednn = re.search(r"exec,cpu,matmul,([^,]+)", said)
    mkl = re.search(r"MKL_VERBOSE (?:Intel\(R\) )?(.*?),", said)
    return f"oneDNN {onednn[1]}" if onednn else f"{mkl[1]}" if mkl else "unknown"


def as_numpy(*shape):
    return numpy.random.default_rng(0).standard_normal(shape, dtype=numpy.float32)


def as_torch(kind):
    return lambda *shape: torch.from_numpy(as_numpy(*shape)).to(kind)


MAKERS = {"numpy": as_numpy, "torch fp32": as_torch(torch.float32), "torch bf16": as_torch(torch.bfloat16)}


def measure(ask):
    make = MAKERS[ask["who"]]
    x, w = make(ask["rows"], ask["depth"]), make(ask["width"], ask["depth"])
    dy = make(ask["rows"], ask["width"])
    times = []
    for _ in range(ask["steps"] + 1):
        start = time.perf_counter()
        x @ w.T
        dy @ w
        dy.T @ x
        times.append(1000 * (time.perf_counter() - start))
    return times[1:]  # the first one warms up


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    about = {
        "numpy": f"{numpy.__version__}, {numpy_kernels()}",
        "torch fp32": f"{torch.__version__}, {torch_kernels('float32')}",
        "torch bf16": torch_kernels("bfloat16"),
    }
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        print(json.dumps({"ms": measure(json.loads(line))}), flush=True)


if __name__ == "__main__":
    main()
