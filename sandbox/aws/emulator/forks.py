"""Emulators that are forked: what takes a second to load is loaded once for all of them.

One JSON line each. In: {"log": path} asks for one. Out: {"pid": n, "port": n} when it answers, {"ended": pid, "how": text} when it is gone.
All end when standard input closes. Threads do not survive a fork: whoever loads what the emulators share starts none.
"""

import json
import os
import select
import signal
import sys


def serve_forks(serve):
    """Forks until standard input closes; `serve` is called in each fork, with a file that ends with this process."""
    parent_ends, held = os.pipe()  # every fork reads the one end, and only this process has the other
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    asked = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            tell_ended()
        if 0 in ready:
            chunk = os.read(0, 65536)
            if not chunk:
                os._exit(0)
            *lines, asked = (asked + chunk).split(b"\n")
            for line in lines:
                if os.fork() == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    os.close(held)
                    into(json.loads(line)["log"])
                    serve(os.fdopen(parent_ends, "rb"))
                    os._exit(0)


def into(log):
    """What a fork writes as its errors goes to a file of its own."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(file, 2)
    os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def tell_ended():
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        code = os.waitstatus_to_exitcode(status)
        how = signal.Signals(-code).name if code < 0 else str(code)
        sys.stdout.write(json.dumps({"ended": pid, "how": how}) + "\n")
        sys.stdout.flush()
