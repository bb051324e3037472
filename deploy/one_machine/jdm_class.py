"""The class part of a hub on one machine: limits, who may do what, and where a lesson opens.

Works as it stands in /opt/tljh/config/jupyterhub_config.d/ (The Littlest JupyterHub), and is loaded by the plain
`jupyterhub_config.py` beside it. The limits rest on what was measured; see README.md.
"""

import os

c = get_config()  # noqa: F821  # JupyterHub hands it in

# One student: a server of about 100 MB and one or two kernels of 130 to 200 MB each.
c.Spawner.mem_guarantee = "300M"
c.Spawner.mem_limit = "1G"
c.Spawner.cpu_guarantee = 0.1
c.Spawner.cpu_limit = 2.0
# Many start in the same minute, and a start is the dearest thing a student does.
c.JupyterHub.concurrent_spawn_limit = int(os.environ.get("JDM_STARTS_AT_ONCE", "6"))
c.JupyterHub.active_server_limit = int(os.environ.get("JDM_SERVERS", "60"))
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# The record is one private file in the student's own home, wherever in it a lesson is opened.
c.Spawner.environment = {
    "JDM_TEACH_RECORD": "~/jdm_record.jsonl",
    # One kernel must not take every core for a matrix product.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# A lesson opens as one clean document; nothing is asked of another server.
c.Spawner.default_url = "/lab"
c.Spawner.args = [
    "--LabApp.extension_manager=readonly",
    "--ServerApp.terminals_enabled=False",
    # A lesson whose page is closed for twenty minutes gives its memory back; the record is on the disk by then.
    "--MappingKernelManager.cull_idle_timeout=1200",
    "--MappingKernelManager.cull_interval=120",
    "--MappingKernelManager.cull_connected=False",
]
