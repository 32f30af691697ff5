"""Times eigvalsh for each line of JSON [file, n, repeats] on stdin.

Prints one line of JSON with NumPy's version first, and then one for each line read: the milliseconds of processor time of
each repeat.
"""

import json
import sys
import time

import numpy


def milliseconds(matrix):
    began = time.process_time()
    numpy.linalg.eigvalsh(matrix)
    return (time.process_time() - began) * 1000


print(json.dumps(numpy.__version__), flush=True)
for line in sys.stdin:
    file, n, repeats = json.loads(line)
    matrix = numpy.fromfile(file).reshape(n, n)
    print(json.dumps([milliseconds(matrix) for _ in range(repeats)]), flush=True)
