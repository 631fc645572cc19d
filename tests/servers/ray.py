"""A Ray of two processors, in processes of its own, that ends with whoever asked for it."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_ADDRESS = re.compile(r"ray start --address='([0-9.]+:[0-9]+)'")


@contextmanager
def running() -> Iterator[tuple[str, dict[str, str]]]:
    """Starts a cluster of this machine, and gives its address and what the environment has to hold."""
    # Sockets are in the folder, whose names are short; who is being killed may write into it to the last.
    entry = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        command = [str(Path(sys.executable).with_name("ray")), "start", "--head", "--block", "--port=0", "--num-cpus=2"]
        command += ["--include-dashboard=false", "--node-ip-address=127.0.0.1", "--disable-usage-stats"]
        command += [f"--temp-dir={folder}", "--object-store-memory=100000000"]
        env = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"} | entry
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
        with subprocess.Popen(command, env=env, **streams) as process:
            assert process.stdout
            said: list[str] = []
            try:
                for line in process.stdout:
                    said.append(line)
                    if found := _ADDRESS.search(line):
                        break
                else:
                    raise RuntimeError(f"Ray does not start:\n{''.join(said)}")
                yield found[1], entry
            finally:
                _kill(folder)  # to say goodbye takes it half a minute
                process.kill()
                process.stdout.close()


def _kill(folder: str) -> None:
    """Ends what a cluster consists of, which is what has its folder on its command line; its workers end with that."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if folder.encode() in path.read_bytes() and int(path.parent.name) != os.getpid():
                os.kill(int(path.parent.name), signal.SIGKILL)
