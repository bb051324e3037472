"""The class part of a hub on one machine: limits, what a start does, where the record lies.

Works as it stands in /opt/tljh/config/jupyterhub_config.d/ (The Littlest JupyterHub), and is loaded by the plain
`jupyterhub_config.py` beside it. The limits rest on what was measured; see ../README.md.
"""

import os

c = get_config()  # noqa: F821  # handed in by JupyterHub

# A student is a server of about 130 MB and one or two kernels of 140 to 200 MB each.
c.Spawner.mem_guarantee = "300M"
c.Spawner.mem_limit = "1G"
c.Spawner.cpu_guarantee = 0.1
c.Spawner.cpu_limit = 2.0
# Starting is the dearest thing a student does, and everybody starts in the same minute.
c.JupyterHub.concurrent_spawn_limit = int(os.environ.get("JDM_STARTS_AT_ONCE", "6"))
# A start takes two seconds, so whoever is told to come back need not wait the hub's usual half minute.
c.JupyterHub.spawn_throttle_retry_range = (5, 15)
c.JupyterHub.active_server_limit = int(os.environ.get("JDM_SERVERS", "60"))
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120


def room_for_facilitators(spawner) -> None:
    """The profile of administrators and of the group `facilitators`: the console and a merged class beside lessons."""
    if spawner.user.admin or "facilitators" in {group.name for group in spawner.user.groups}:
        spawner.mem_guarantee, spawner.mem_limit = "600M", "2G"
        spawner.cpu_guarantee, spawner.cpu_limit = 0.5, 2.0


c.Spawner.pre_spawn_hook = room_for_facilitators

# Runs as the student: lessons that are not there yet are copied from the package, those that are there stay.
c.Spawner.cmd = [
    "sh",
    "-c",
    'umask 077; jdm-teach open "$HOME/lessons" --copy-only >/dev/null 2>&1; exec jupyterhub-singleuser "$@"',
    "sh",
]
c.Spawner.default_url = "/lab"
c.Spawner.args = [
    "--LabApp.extension_manager=readonly",
    "--ServerApp.terminals_enabled=False",
    # A lesson whose page has been closed for twenty minutes gives its memory back; the record is on the disk.
    "--MappingKernelManager.cull_idle_timeout=1200",
    "--MappingKernelManager.cull_interval=120",
    "--MappingKernelManager.cull_connected=False",
]
c.Spawner.environment = {
    # One private file for all lessons, wherever in the home they lie.
    "JDM_TEACH_RECORD": "~/jdm_record.jsonl",
    # One kernel must not take every core for one product of matrices.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
