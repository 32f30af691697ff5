"""Fetching and unpacking a wheel, for wheel.mjs.

    wheel.py fetch URL FILE         download, continuing FILE if it is there; prints "DONE TOTAL" in bytes
    wheel.py extract WHEEL FOLDER PREFIX...   unpack the members whose names begin so; prints "DONE TOTAL"

Python and not JavaScript because pip's own HTTP client finds the proxies and certificates that pip finds, and because zipfile
reads archives of any size.
"""

import os
import sys
import time
import zipfile


def fetch(url, file):
    """Exit code 3: the server does not allow to continue or this pip has no HTTP client to lend; use pip itself."""
    try:
        from pip._vendor import requests
    except ImportError:
        sys.exit(3)
    failures = 0
    while True:
        have = os.path.getsize(file) if os.path.exists(file) else 0
        try:
            headers = {"Range": "bytes=%d-" % have, "Accept-Encoding": "identity"}
            with requests.get(url, headers=headers, stream=True, timeout=30) as answer:
                if answer.status_code == 416:
                    return  # asked for what lies after the end: it is complete (its checksum is checked by the caller)
                if answer.status_code == 200:
                    have = 0  # no ranges here: from the beginning
                elif answer.status_code != 206:
                    print("HTTP %d" % answer.status_code, file=sys.stderr)
                    sys.exit(3)
                total = have + int(answer.headers.get("Content-Length", 0))
                with open(file, "ab" if have else "wb") as out:
                    for chunk in answer.iter_content(1 << 20):
                        out.write(chunk)
                        have += len(chunk)
                        failures = 0
                        print("%d %d" % (have, total), flush=True)
                if have >= total:
                    return
                raise OSError("the connection ended early")
        except (OSError, requests.RequestException) as error:
            failures += 1
            print("interrupted (%s)" % error, file=sys.stderr, flush=True)
            if failures == 5:
                sys.exit(4)
            time.sleep(2**failures)


def extract(wheel, folder, prefixes):
    with zipfile.ZipFile(wheel) as archive:
        wanted = [m for m in archive.infolist() if m.filename.startswith(tuple(prefixes))]
        total = sum(m.file_size for m in wanted)
        done = told = 0
        for member in wanted:
            archive.extract(member, folder)
            done += member.file_size
            if done - told > 10_000_000:
                told = done
                print("%d %d" % (done, total), flush=True)


if __name__ == "__main__":
    action, *arguments = sys.argv[1:]
    if action == "fetch":
        fetch(*arguments)
    else:
        extract(arguments[0], arguments[1], arguments[2:])
