"""A JupyterHub of its own in a throw-away folder: environment, configuration, start, memory, end.

Everything comes from PyPI and npm through their ordinary clients and goes away with the folder. Set JDM_HUB_PLACE to a
folder to keep the environment between runs.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLASS = ROOT / "deploy" / "one_machine" / "jdm_class.py"
PACKAGES = ("jupyterhub>=5.2,<7", "jupyterhub-idle-culler>=1.4", "nbgitpuller>=1.2")
PROXY = "configurable-http-proxy@^5"
MARK = "JDM_REHEARSAL"
# The class as it is deployed, on a spawner that needs no accounts of the system; passwords play no part here.
CONFIGURATION = """
load_subconfig({settings!r})
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.cmd = [{singleuser!r}]
c.Spawner.args = [*c.Spawner.args, *{more}]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.log_level = "WARN"
c.JupyterHub.services = [{{"name": "rehearsal", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [{{
    "name": "rehearsal", "services": ["rehearsal"], "scopes": ["admin:users", "admin:servers", "access:servers"],
}}]
"""


@dataclass(frozen=True)
class Cost:
    """One student at one moment: proportional memory in MB, and the seconds of processor that kernels have used."""

    server: float
    kernel: float
    seconds: float


@dataclass(frozen=True)
class Hub:
    """A running hub: where it answers, what opens it, where the students' homes are."""

    url: str
    token: str
    homes: Path

    def cost(self, student: str) -> Cost:
        """What the processes of one student take now. Zeros where /proc does not tell."""
        server = kernel = seconds = 0.0
        for process in processes_with(f"HOME={self.homes / student}"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                lines = (process / "smaps_rollup").read_text().splitlines()
                shared = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
                if b"ipykernel" in (process / "cmdline").read_bytes():
                    kernel += shared
                    # User and system time stand behind the name, which may hold spaces.
                    times = (process / "stat").read_text().rpartition(") ")[2].split()[11:13]
                    seconds += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
                else:
                    server += shared
        return Cost(server, kernel, seconds)


def processes_with(setting: str) -> list[Path]:
    """The processes that have this line in their environment."""
    mark = setting.encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(process)
    return found


@contextlib.contextmanager
def hub_place() -> Iterator[Path]:
    """A folder with an environment that has the hub, the lab and the course as a wheel in it.

    Raises ValueError with a sentence when something that is needed cannot be had.
    """
    kept = os.environ.get("JDM_HUB_PLACE")
    with contextlib.ExitStack() as stack:
        place = (
            Path(kept).absolute() if kept else Path(stack.enter_context(tempfile.TemporaryDirectory("hub")))
        )
        furnish(place)
        yield place


def furnish(place: Path) -> None:
    uv, npm = Path(sys.executable).with_name("uv"), shutil.which("npm")
    if not uv.exists() or npm is None:
        raise ValueError("the hub needs uv (from `make`) and npm on this machine")
    python = place / "env" / "bin" / "python"
    if not python.exists():
        place.mkdir(parents=True, exist_ok=True)
        run(uv, "venv", "--quiet", "--python", sys.executable, place / "env")
        lab = ROOT / "requirements" / "lab.txt"
        run(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", lab, *PACKAGES)
        run(npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", place / "node", PROXY)
    # The course as it stands now, with its bytecode, as in an image.
    run(uv, "pip", "install", "--quiet", "--compile-bytecode", "--no-deps", "--reinstall-package", "jdm-teach",
        "--python", python, ROOT)  # fmt: skip


def run(*command: str | Path) -> None:
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=settings,
    )
    if done.returncode:
        raise ValueError(f"{Path(command[0]).name} did not succeed: {done.stderr.strip()[-300:]}")


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def running_hub(place: Path, more: str = "") -> Iterator[Hub]:
    """A hub until the block ends, with `more` lines of configuration.

    Whatever it or its students started is ended by its process number.
    """
    with tempfile.TemporaryDirectory("class") as temporary:
        folder = Path(temporary)
        port, hub_port, proxy_port = free_ports(3)
        hub = Hub(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder / "homes")
        environment = place / "env" / "bin"
        text = CONFIGURATION.format(
            settings=str(CLASS), homes=str(hub.homes), singleuser=str(environment / "jupyterhub-singleuser"),
            port=port, hub_port=hub_port, proxy_port=proxy_port, folder=folder, token=hub.token,
            more=["--allow-root"] if os.geteuid() == 0 else [],
            proxy=str(place / "node" / "node_modules" / ".bin" / "configurable-http-proxy"),
        )  # fmt: skip
        (folder / "jupyterhub_config.py").write_text(text + more)
        settings = {
            **os.environ,
            "PATH": f"{environment}:{os.environ['PATH']}",
            "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
            MARK: hub.token,
        }
        with (folder / "hub.log").open("w") as log:
            process = subprocess.Popen(
                [environment / "jupyterhub", "-f", folder / "jupyterhub_config.py"],
                cwd=folder, env=settings, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                wait_for(f"{hub.url}/hub/api/", process, folder / "hub.log")
                yield hub
            finally:
                end(process, hub)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        time.sleep(0.25)
    raise ValueError(f"the hub did not start: {log.read_text()[-600:]}")


def end(process: subprocess.Popen[bytes], hub: Hub) -> None:
    # Students first: a hub that finds thirty servers running asks each of them to end, one after the other.
    end_students(hub)
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(30)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    end_students(hub)
    # The proxy and the services have groups of their own.
    kill(processes_with(f"{MARK}={hub.token}"))


def end_students(hub: Hub) -> None:
    """Kernels of this spawner can outlive their server; their home tells whose they are."""
    for home in hub.homes.glob("*"):
        kill(processes_with(f"HOME={home}"))


def kill(processes: list[Path]) -> None:
    for left in processes:
        with contextlib.suppress(OSError):
            os.kill(int(left.name), signal.SIGKILL)
