"""Times training in PyTorch alternately with and without delve: python watchedByDelve.py MODEL ROUNDS. Prints one line of JSON."""
import json
import sys
import tempfile
import time

import torch
from delve import SaturationTracker
from torch import nn

SHAPES = {
    "small": dict(channels=1, size=28, filters=[16, 32], padding=0, pool_after={0, 1}, dense=128, batch=64, steps=200),
    "vgg": dict(channels=3, size=32, filters=[64, 64, 128, 128, 256, 256], padding=1, pool_after={1, 3}, dense=None, batch=32, steps=20),
}


def build(channels, size, filters, padding, pool_after, dense, **_):
    stack, before = [], channels
    for i, count in enumerate(filters):
        stack += [nn.Conv2d(before, count, 3, padding=padding), nn.ReLU()]
        if i in pool_after:
            stack.append(nn.MaxPool2d(2))
        before = count
    if dense:
        stack += [nn.Flatten(), nn.LazyLinear(dense), nn.ReLU(), nn.Linear(dense, 10)]
    else:
        stack += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10)]
    model = nn.Sequential(*stack)
    model(torch.zeros(2, channels, size, size))
    return model


def seconds(shape, watched):
    model = build(**shape)
    optimizer = torch.optim.Adam(model.parameters())
    xs = torch.rand(shape["batch"], shape["channels"], shape["size"], shape["size"])
    ys = torch.randint(0, 10, (shape["batch"],))
    tracker = SaturationTracker(tempfile.mkdtemp(), save_to="csv", modules=model, stats=["lsat"], device="cpu") if watched else None
    for step in range(-5, shape["steps"]):
        if step == 0:
            began = time.perf_counter()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(xs), ys).backward()
        optimizer.step()
    if tracker:
        tracker.add_saturations()
    took = time.perf_counter() - began
    if tracker:
        tracker.close()
    return took


shape, rounds = SHAPES[sys.argv[1]], int(sys.argv[2])
plain, pairs = [], []
for i in range(rounds):
    order = [False, True] if i % 2 == 0 else [True, False]
    took = {watched: seconds(shape, watched) for watched in order}
    plain.append(took[False])
    pairs.append([took[True], took[False]])
print(json.dumps({"msPerStep": 1000 * sorted(plain)[len(plain) // 2] / shape["steps"], "pairs": pairs}))
