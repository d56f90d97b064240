"""The end of a process that held keys: the only way to wipe the memory of Python."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

# Enough for an answer to go out.
SECONDS = 0.5
STARTED_ANEW = "granian-worker"


def end_this_process_soon() -> None:
    """Kill this process in half a second, if it is one that the server starts anew; any other belongs to somebody."""
    if multiprocessing.current_process().name == STARTED_ANEW:
        ending = threading.Timer(SECONDS, os.kill, (os.getpid(), signal.SIGKILL))
        ending.daemon = True
        ending.start()
