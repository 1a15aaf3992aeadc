"""``recension up`` as a person sees it."""

import re
import signal
import subprocess

import httpx
from tests.server.served import COMMAND, environment


def test_it_tells_where_it_is_and_how_to_sign_in_then_stops_cleanly(tmp_path):
    home = tmp_path / "home"
    with subprocess.Popen(
        [*COMMAND, "up", "--port", "0"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        running, sign_in = process.stdout.readline(), process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", running)[0]
        assert str(home) in running
        link = re.search(r"http://\S+/login\?token=\S+", sign_in)[0]
        assert link.startswith(url)
        assert httpx.get(link).status_code == 303
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout.read() + process.stderr.read() == ""


def test_help_needs_no_web_framework(tmp_path):
    code = (
        "import sys; from recension.cli.main import main; main(['up', '--help']);"
        "print([name for name in ('fastapi', 'httpx', 'numpy', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([COMMAND[0], "-c", code], capture_output=True, text=True, check=True)
    assert "--allow-host" in done.stdout
    assert done.stdout.rstrip().endswith("[]")
