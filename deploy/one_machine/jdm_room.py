"""The journal club's room as a service of the hub, behind its login. See ../README.md."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  # handed in by JupyterHub
DOOR = Path(__file__).resolve().parent.parent / "room_door.py"

room = {
    "name": "room",
    "url": f"http://127.0.0.1:{os.environ.get('JDM_ROOM_PORT', '8059')}",
    "command": [
        os.environ.get("JDM_ROOM_PYTHON", sys.executable),
        str(DOOR),
        "--sheet",
        os.environ.get("JDM_ROOM_SHEET", "60"),
    ],
    "oauth_no_confirm": True,
    "display": True,
}
# The address in the facilitator's link; without it, the link begins at the hub's name.
if address := os.environ.get("JDM_ROOM_ADDRESS"):
    room["command"] += ["--address", address]
# With JDM_ROOM_KEEP=1 the votes of a closed room stay as a file that `jdm-teach merge` reads.
if os.environ.get("JDM_ROOM_KEEP") == "1":
    room["command"].append("--keep")
# Votes and the facilitator's link are written here; readable by the service's own account only.
if folder := os.environ.get("JDM_ROOM_FOLDER"):
    room["cwd"] = folder
if account := os.environ.get("JDM_ROOM_USER"):
    room["user"] = account
c.JupyterHub.services.append(room)
# Everybody with an account may enter. The room learns that somebody of the class is there, not who.
c.JupyterHub.load_roles.append({"name": "user", "scopes": ["self", "access:services!service=room"]})
