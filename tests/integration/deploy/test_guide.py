"""docs/deploy.md names nothing that is not there; what it runs against a Scrapyd is run in test_scrapyd."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.unit.deploy.test_guide import ROOT


def test_a_worker_that_cannot_work_says_no_password() -> None:
    env = os.environ | {"REDIS_URL": "redis://:hidden@127.0.0.1:1/0", "STORE_URL": "sqlite://"}
    healthy = [sys.executable, str(ROOT / "deploy" / "healthy.py"), "worker"]
    done = subprocess.run(healthy, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "worker: ConnectionError\n", "")
