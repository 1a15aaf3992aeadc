"""A real S3 server of the tests' own: the smallest Ceph there is (a monitor, one store in memory) and its gateway."""

import itertools
import json
import shutil
import subprocess
import urllib.error
import urllib.request
import uuid
from datetime import timedelta

import obstore
from obstore.store import S3Store
from tests.services.daemon import CannotStart, Daemon, free_port, new_folder, program

_CONF = """\
[global]
fsid = {fsid}
mon initial members = a
mon host = [v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth_allow_insecure_global_id_reclaim = false
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pgp num = 4
mon max pg per osd = 2000
mon pg warn min per osd = 0
osd objectstore = memstore
memstore device bytes = 4G
osd data = {folder}/osd
osd_failsafe_full_ratio = 0.99
mon data = {folder}/mon
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
pid file =
log file = {folder}/log/$name.log
ms bind ipv4 = true
ms bind ipv6 = false
mon data avail crit = 1
mon data avail warn = 2
[mon]
keyring = {folder}/keyring
[client.admin]
keyring = {folder}/keyring
[client.rgw.t]
keyring = {folder}/rgw/keyring
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw crypt require ssl = false
rgw lc debug interval = 0
"""
ACCESS_KEY, SECRET_KEY = "testaccesskey", "testsecretkey"


class S3Server:
    """A gateway with one user, whose buckets come and go with single tests."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.folder = new_folder()
        self.port, mon1, mon2 = free_port(), free_port(), free_port()
        for name in ("mon", "osd", "rgw", "run", "log"):
            (self.folder / name).mkdir()
        self._fsid = str(uuid.uuid4())
        self._conf = self.folder / "ceph.conf"
        self._conf.write_text(_CONF.format(fsid=self._fsid, folder=self.folder, port=self.port, mon1=mon1, mon2=mon2))
        self._daemons: list[Daemon] = []
        try:
            self._start_monitor(f"[v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]")
            self._start_store()
            self._start_gateway()
        except BaseException:
            self.close()
            raise

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The secrets, as every S3 program takes them."""
        return {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

    def _run(self, name: str, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            [program(name), "-c", str(self._conf), *words],
            input=stdin, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"{name} {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def _keyring(self, *words: str) -> str:
        return self._run("ceph-authtool", *words)

    def _spawn(self, name: str, *words: str) -> Daemon:
        daemon = Daemon(
            [program(name), "-c", str(self._conf), "--foreground", *words], log=self.folder / "log" / f"{name}.out"
        )
        self._daemons.append(daemon)
        return daemon

    def _start_monitor(self, address: str) -> None:
        ring, everything = str(self.folder / "keyring"), ["--cap", "osd", "allow *", "--cap", "mgr", "allow *"]
        self._keyring("--create-keyring", ring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        self._keyring(ring, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", *everything)
        monmap = str(self.folder / "monmap")
        self._run("monmaptool", "--create", "--clobber", "--fsid", self._fsid, "--addv", "a", address, monmap)
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap, "--keyring", ring)
        self._spawn("ceph-mon", "-i", "a").await_ready(lambda: self._admin_says("-s") is not None)

    def _admin_says(self, *words: str) -> str | None:
        try:
            return self._run("ceph", "--connect-timeout", "5", *words)
        except CannotStart:
            return None

    def _start_store(self) -> None:
        number, secret = str(uuid.uuid4()), self._keyring("--gen-print-key").strip()
        self._run("ceph", "osd", "new", number, "-i", "-", stdin=json.dumps({"cephx_secret": secret}))
        ring = str(self.folder / "osd" / "keyring")
        self._keyring("--create-keyring", ring, "-n", "osd.0", "--add-key", secret)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", number, "--keyring", ring)
        self._spawn("ceph-osd", "-i", "0").await_ready(lambda: "1 up" in (self._admin_says("osd", "stat") or ""))

    def _start_gateway(self) -> None:
        ring = str(self.folder / "rgw" / "keyring")
        rights = ["mon", "allow rw", "osd", "allow rwx", "mgr", "allow rw"]
        self._run("ceph", "auth", "get-or-create", "client.rgw.t", *rights, "-o", ring)
        self._spawn("radosgw", "-n", "client.rgw.t").await_ready(self.answers, 120)
        user = ["--uid", "tester", "--display-name", "tester"]
        keys = ["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY]
        self._run("radosgw-admin", "-n", "client.rgw.t", "user", "create", *user, *keys)
        self._make_bucket("recension")

    def _make_bucket(self, name: str) -> None:
        """Objects have a library here, buckets have not: a signed request of our own makes one."""
        store = S3Store(
            name,
            config={
                "endpoint": self.endpoint,
                "region": "default",
                "access_key_id": ACCESS_KEY,
                "secret_access_key": SECRET_KEY,
            },
            client_options={"allow_http": True},
        )
        url = obstore.sign(store, "PUT", "", timedelta(minutes=1))
        urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=20).close()

    def answers(self) -> bool:
        """Whether requests are answered."""
        try:
            urllib.request.urlopen(self.endpoint, timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def new_bucket(self) -> str:
        """The URL of an empty place for objects; really a folder of one bucket, which costs nothing."""
        return f"s3://recension/test-{next(self._numbers)}?endpoint={self.endpoint}&region=default"

    def close(self) -> None:
        """Stop everything and remove its folder."""
        for daemon in reversed(self._daemons):
            daemon.process.kill()  # it keeps its data in memory: there is nothing to save
        for daemon in self._daemons:
            daemon.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
