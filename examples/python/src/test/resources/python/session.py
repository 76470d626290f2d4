"""Runs the snippets of one test, one after the other. A line that comes in is one and its arguments, a line that goes
out is whether it ended well and what it printed, or why not; all in base64."""
import contextlib
import io
import os
import sys
import traceback
from base64 import b64decode, b64encode

import bench

answers = sys.stdout
sys.stderr = open(os.devnull, "w")
for line in sys.stdin:
    code, *arguments = (b64decode(word).decode() for word in line.rstrip("\n").split(" "))
    printed, verdict = io.StringIO(), "well"
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, {**vars(bench), "args": arguments})
    except BaseException:
        verdict = "badly"
        traceback.print_exc(file=printed)
    print(verdict, b64encode(printed.getvalue().encode()).decode(), file=answers, flush=True)
