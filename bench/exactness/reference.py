"""Computes k of raw float32 features in float64 from the covariance, eigvalsh and cumulative shares. Prints one line of JSON."""
import json
import pathlib
import sys

import numpy as np

folder, delta = pathlib.Path(sys.argv[1]), float(sys.argv[2])
k = {}
for file in folder.glob("*.f32"):
    layer, width, _ = file.name.rsplit(".", 2)
    x = np.fromfile(file, dtype=np.float32).astype(np.float64).reshape(-1, int(width))
    values = np.maximum(np.linalg.eigvalsh(np.cov(x, rowvar=False, bias=True).reshape(x.shape[1], -1))[::-1], 0)
    total = values.sum()
    k[layer] = int(np.searchsorted(np.cumsum(values) / total, delta) + 1) if total > 0 else 0
print(json.dumps({"numpy": np.__version__, "k": k}))
