"""Downloads and unpacks a wheel, for wheel.mjs.

    wheel.py fetch URL FILE                   downloads to FILE, continues FILE if it exists
    wheel.py extract WHEEL FOLDER PREFIX...   unpacks the members whose names begin with one of the prefixes

Both print their progress as lines of "DONE TOTAL" in bytes.

This is Python and not JavaScript because pip's HTTP client uses the proxies and certificates that pip uses, and because
zipfile reads archives of any size.
"""

import os
import sys
import time
import zipfile

# Exit code: the server refuses the request, or pip has no HTTP client that can be used here; the caller has to use pip
# itself.
EXIT_USE_PIP = 3

# Exit code: the connection failed too often.
EXIT_CONNECTION_FAILED = 4

# Number of failures in a row, without any data between them, after which the download is given up.
MAX_FAILURES_IN_A_ROW = 5

# Time without an answer or data after which a request fails, in seconds.
REQUEST_TIMEOUT_S = 30

# Size of the pieces in which the download is written, in bytes.
CHUNK_BYTES = 1 << 20

# Amount of unpacked data between two progress lines, in bytes.
PROGRESS_INTERVAL_BYTES = 10_000_000


def fetch(url, file):
    """Downloads a file. Exits with EXIT_USE_PIP or EXIT_CONNECTION_FAILED when it cannot."""
    try:
        from pip._vendor import requests
    except ImportError:
        sys.exit(EXIT_USE_PIP)
    failures = 0
    while True:
        received = os.path.getsize(file) if os.path.exists(file) else 0
        try:
            headers = {"Range": "bytes=%d-" % received, "Accept-Encoding": "identity"}
            with requests.get(url, headers=headers, stream=True, timeout=REQUEST_TIMEOUT_S) as answer:
                if answer.status_code == 416:
                    return  # the range begins after the end, so the file is complete; the caller checks its checksum
                if answer.status_code == 200:
                    received = 0  # the server ignores ranges and sends the file from its beginning
                elif answer.status_code != 206:
                    print("HTTP %d" % answer.status_code, file=sys.stderr)
                    sys.exit(EXIT_USE_PIP)
                total = received + int(answer.headers.get("Content-Length", 0))
                with open(file, "ab" if received else "wb") as out:
                    for chunk in answer.iter_content(CHUNK_BYTES):
                        out.write(chunk)
                        received += len(chunk)
                        failures = 0
                        print("%d %d" % (received, total), flush=True)
                if received >= total:
                    return
                raise OSError("the connection ended early")
        except (OSError, requests.RequestException) as error:
            failures += 1
            print("interrupted (%s)" % error, file=sys.stderr, flush=True)
            if failures == MAX_FAILURES_IN_A_ROW:
                sys.exit(EXIT_CONNECTION_FAILED)
            time.sleep(2**failures)  # exponential backoff, in seconds


def extract(wheel, folder, prefixes):
    """Unpacks the members whose names begin with one of the prefixes."""
    with zipfile.ZipFile(wheel) as archive:
        wanted = [m for m in archive.infolist() if m.filename.startswith(tuple(prefixes))]
        total = sum(m.file_size for m in wanted)
        done = reported = 0
        for member in wanted:
            archive.extract(member, folder)
            done += member.file_size
            if done - reported > PROGRESS_INTERVAL_BYTES:
                reported = done
                print("%d %d" % (done, total), flush=True)


if __name__ == "__main__":
    action, *arguments = sys.argv[1:]
    if action == "fetch":
        fetch(*arguments)
    else:
        extract(arguments[0], arguments[1], arguments[2:])
