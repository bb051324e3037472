"""A whole hub on one machine without The Littlest JupyterHub: accounts of the system, limits by systemd.

    jupyterhub -f jupyterhub_config.py

Put a web server with a certificate in front of it; it listens on this machine only.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

c = get_config()  # noqa: F821  # handed in by JupyterHub
HERE = Path(__file__).resolve().parent
load_subconfig(str(HERE / "jdm_class.py"))  # noqa: F821
load_subconfig(str(HERE / "jdm_room.py"))  # noqa: F821

c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.PAMAuthenticator.allowed_groups = {os.environ.get("JDM_CLASS_GROUP", "jdm-class")}
c.PAMAuthenticator.admin_groups = {os.environ.get("JDM_FACILITATOR_GROUP", "jdm-facilitators")}

# Only systemd holds a student to the limits; the spawner that needs nothing only writes them down.
if find_spec("systemdspawner"):
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.disable_user_sudo = True

c.JupyterHub.services.append(
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600", "--cull-every=300"],
    }
)
c.JupyterHub.load_roles.append(
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
)
