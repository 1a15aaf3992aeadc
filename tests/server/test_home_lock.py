"""One server per home."""

import os
import subprocess
import sys

import pytest

from recension.errors import Busy
from recension.server.home_lock import HomeLock


def test_a_second_server_is_told_who_has_the_home(tmp_path):
    with HomeLock(tmp_path):
        with pytest.raises(Busy, match=f"process {os.getpid()}") as fault, HomeLock(tmp_path):
            pass
        assert "\n" not in str(fault.value)
    with HomeLock(tmp_path):
        pass


def test_a_killed_server_frees_its_home(tmp_path):
    code = (
        "import sys, time, pathlib; from recension.server.home_lock import HomeLock\n"
        "with HomeLock(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy), HomeLock(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with HomeLock(tmp_path):
            pass
