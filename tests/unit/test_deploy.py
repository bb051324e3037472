"""A class on a hub, as far as a machine without a cluster can tell: files read, pods rendered, links opened, doors closed."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml
from traitlets.config import Config, LazyConfigValue
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
VALUES = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))
MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "room.yaml").read_text(encoding="utf-8")))
HUB = ("jupyterhub>=5.2,<7", "jupyterhub-kubespawner>=7", "jupyterhub-systemdspawner", "kubernetes-validate")
ROOM_NEEDS = ("starlette", "uvicorn", "sqlalchemy", "python-multipart", "segno", "pyyaml")
# What chart 4.x knows of the keys used here; anything else makes helm refuse the file.
CHART = {
    "hub": {"config", "concurrentSpawnLimit", "activeServerLimit", "loadRoles", "services", "extraConfig"},
    "singleuser": {"image", "memory", "cpu", "startTimeout", "defaultUrl", "cmd", "extraEnv", "storage", "initContainers",
                   "profileList"},
    "singleuser.image": {"name", "tag"},
    "singleuser.memory": {"guarantee", "limit"},
    "singleuser.cpu": {"guarantee", "limit"},
    "singleuser.storage": {"capacity", "extraVolumes", "extraVolumeMounts"},
    "scheduling": {"podPriority", "userPlaceholder"},
    "scheduling.podPriority": {"enabled"},
    "scheduling.userPlaceholder": {"enabled", "replicas"},
    "prePuller": {"continuous"},
    "prePuller.continuous": {"enabled"},
    "cull": {"enabled", "timeout", "every"},
}  # fmt: skip
LOAD = """
import json, logging, sys
from jupyterhub.app import JupyterHub
from traitlets.config import LazyConfigValue

app = JupyterHub(config_file=sys.argv[1])
app.load_config_file(sys.argv[1])

def plain(value):
    if isinstance(value, LazyConfigValue):
        value = value.get_value([])
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, set, tuple)) else value

json.dump(plain(dict(app.config)), sys.stdout, default=lambda one: one.__name__)
"""
# The chart hands `singleuser` to the spawner in this way; then the pod of one person is made, without a cluster.
RENDER = """
import asyncio, json, sys
from types import SimpleNamespace
import kubernetes_validate
import kubespawner.spawner
from jupyterhub import orm
from jupyterhub.objects import Hub
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

# There is no cluster to be asked.
kubespawner.spawner.load_config = lambda *_, **__: None
values, manifests = json.load(sys.stdin)
single = values["singleuser"]

async def pod(admin, groups, profile):
    c = Config()
    s = c.KubeSpawner
    s.image = f"{single['image']['name']}:{single['image']['tag']}".lower()
    s.mem_guarantee, s.mem_limit = single["memory"]["guarantee"], single["memory"]["limit"]
    s.cpu_guarantee, s.cpu_limit = single["cpu"]["guarantee"], single["cpu"]["limit"]
    s.cmd, s.environment, s.init_containers = single["cmd"], single["extraEnv"], single["initContainers"]
    s.volumes, s.volume_mounts = single["storage"]["extraVolumes"], single["storage"]["extraVolumeMounts"]
    s.profile_list = single["profileList"]
    for code in values["hub"]["extraConfig"].values():
        exec(code, {"c": c})
    user = SimpleNamespace(
        name="someone", escaped_name="someone", url="/user/someone/", admin=admin, id=1,
        groups=[SimpleNamespace(name=g) for g in groups], server=None, settings={},
    )
    spawner = KubeSpawner(config=c, user=user, hub=Hub(), orm_spawner=orm.Spawner(name=""), _mock=True)
    offered = spawner.profile_list(spawner)
    if profile:
        chosen = next(p for p in offered if p["slug"] == profile)["kubespawner_override"]
        assert all(spawner.has_trait(name) for name in chosen)
        spawner._apply_overrides(chosen)
    spawner.get_env = lambda: dict(single["extraEnv"])
    manifest = ApiClient().sanitize_for_serialization(await spawner.get_pod_manifest())
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    return {"offered": [p["slug"] for p in offered], "pod": manifest}

async def main():
    for manifest in manifests:
        kubernetes_validate.validate(manifest, "1.31", strict=True)
    people = {
        "student": await pod(False, [], ""),
        "facilitator": await pod(False, ["facilitators"], "facilitator"),
        "administrator": await pod(True, [], "student"),
    }
    json.dump(people, sys.stdout)

asyncio.run(main())
"""


def configuration(name: str) -> Config:
    """A configuration file, read as JupyterHub reads it, without JupyterHub."""
    return PyFileConfigLoader(name, path=str(DEPLOY / "one_machine")).load_config()


def listed(value: object) -> list:
    return list(value.get_value([])) if isinstance(value, LazyConfigValue) else list(value)  # type: ignore[call-overload]


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DEPLOY / f"{name}.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def megabytes(text: str) -> float:
    return float(text[:-1]) * {"M": 1, "G": 1000}[text[-1]]


def test_the_chart_knows_every_key_of_the_values():
    assert set(VALUES) <= {key for key in CHART if "." not in key}
    for path, known in CHART.items():
        place = VALUES
        for step in path.split("."):
            place = place[step]
        assert set(place) <= known, path


def test_nobody_can_log_in_before_somebody_says_who():
    assert VALUES["hub"]["config"] == {"Authenticator": {"allow_all": False}}
    text = json.dumps(VALUES).lower()
    assert not any(word in text for word in ("password", "client_secret", "dummy", "apitoken"))


def test_both_hubs_give_a_student_the_same():
    c = configuration("jdm_class.py")
    single = VALUES["singleuser"]
    assert (c.Spawner.mem_guarantee, c.Spawner.mem_limit) == (
        single["memory"]["guarantee"],
        single["memory"]["limit"],
    )
    assert (c.Spawner.cpu_guarantee, c.Spawner.cpu_limit) == (
        single["cpu"]["guarantee"],
        single["cpu"]["limit"],
    )
    assert c.Spawner.args == single["cmd"][1:]
    assert set(c.Spawner.environment) == set(single["extraEnv"])


def test_a_student_is_promised_what_a_lesson_was_measured_to_need():
    said = (DEPLOY / "README.md").read_text(encoding="utf-8")
    measured = float(re.findall(r"\*\*(\d+) MB a student\*\*", said)[0])
    student, facilitator = (p["kubespawner_override"] for p in VALUES["singleuser"]["profileList"])
    assert measured <= megabytes(student["mem_guarantee"]) < 2 * measured
    assert megabytes(student["mem_limit"]) >= 3 * measured
    assert megabytes(facilitator["mem_limit"]) > megabytes(student["mem_limit"])
    for profile in (student, facilitator):
        assert megabytes(profile["mem_guarantee"]) <= megabytes(profile["mem_limit"])
        assert profile["cpu_guarantee"] <= profile["cpu_limit"]
    assert student["mem_guarantee"] == VALUES["singleuser"]["memory"]["guarantee"]
    assert VALUES["singleuser"]["profileList"][0]["default"] is True


def test_the_record_lies_in_the_home_and_shared_content_is_read_only():
    record = VALUES["singleuser"]["extraEnv"]["JDM_TEACH_RECORD"]
    mounts = VALUES["singleuser"]["storage"]["extraVolumeMounts"]
    assert record.startswith("/home/jovyan/")
    assert all(mount["readOnly"] and not record.startswith(mount["mountPath"]) for mount in mounts)
    assert configuration("jdm_class.py").Spawner.environment["JDM_TEACH_RECORD"].startswith("~/")


def test_the_plain_hub_listens_to_itself_and_holds_room_and_culler():
    c = configuration("jupyterhub_config.py")
    assert urlsplit(c.JupyterHub.bind_url).hostname == "127.0.0.1"
    services = {service["name"]: service for service in listed(c.JupyterHub.services)}
    assert set(services) == {"room", "idle-culler"}
    assert urlsplit(services["room"]["url"]).hostname == "127.0.0.1"
    assert Path(services["room"]["command"][1]) == DEPLOY / "room_door.py"
    roles = {role["name"]: role for role in listed(c.JupyterHub.load_roles)}
    assert "access:services!service=room" in roles["user"]["scopes"]
    assert not any(
        scope.startswith("admin") or scope.startswith("access:servers")
        for role in roles.values()
        for scope in role["scopes"]
    )


def test_the_room_of_the_plain_hub_takes_its_address_and_what_to_keep(monkeypatch):
    def command() -> list[str]:
        (room,) = listed(configuration("jdm_room.py").JupyterHub.services)
        return room["command"][2:]

    assert command() == ["--sheet", "60"]
    monkeypatch.setenv("JDM_ROOM_ADDRESS", "https://hub.example.org/services/room")
    monkeypatch.setenv("JDM_ROOM_KEEP", "1")
    monkeypatch.setenv("JDM_ROOM_SHEET", "45")
    assert command() == ["--sheet", "45", "--address", "https://hub.example.org/services/room", "--keep"]


@pytest.mark.parametrize(
    ("admin", "groups", "roomy"), [(False, [], False), (False, ["facilitators"], True), (True, [], True)]
)
def test_both_hubs_give_a_facilitator_the_same(admin, groups, roomy):
    facilitator = VALUES["singleuser"]["profileList"][1]["kubespawner_override"]
    user = SimpleNamespace(admin=admin, groups=[SimpleNamespace(name=group) for group in groups])
    spawner = SimpleNamespace(user=user)
    configuration("jdm_class.py").Spawner.pre_spawn_hook(spawner)
    assert {name: value for name, value in vars(spawner).items() if name != "user"} == (
        facilitator if roomy else {}
    )


def test_what_a_student_writes_is_for_the_student_only(tmp_path):
    """The command of a server, run as it stands with a server that does nothing: the lessons are there, for one account."""
    command = configuration("jdm_class.py").Spawner.cmd
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, does in (
        ("jdm-teach", f'exec {sys.executable} -m jdm_teach.cli "$@"'),
        ("jupyterhub-singleuser", 'touch "$HOME/$1"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)
    home = tmp_path / "home"
    (home / "lessons").mkdir(parents=True)
    (home / "lessons" / "00_start_here.ipynb").write_text("mine")
    settings = {"HOME": str(home), "PATH": f"{programs}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "jdm_record.jsonl"], env=settings, check=True, timeout=60)
    assert (home / "jdm_record.jsonl").stat().st_mode & 0o077 == 0
    assert (home / "lessons" / "00_start_here.ipynb").read_text() == "mine"
    others = [file for file in (home / "lessons").glob("*.ipynb") if file.name[:2] != "00"]
    assert len(others) >= 8 and all(file.stat().st_mode & 0o077 == 0 for file in others)


def test_a_class_fits_on_the_nodes_and_the_machine_that_the_guide_names():
    """What is promised to everybody, beside what the guide says a machine carries."""
    said = (DEPLOY / "README.md").read_text(encoding="utf-8")
    promised = megabytes(VALUES["singleuser"]["memory"]["guarantee"])
    ((machine, students),) = re.findall(r"(\d+) GB carries about (\d+) students", said)
    assert int(students) * promised + 500 <= int(machine) * 1000
    assert int(students) * promised > 0.7 * int(machine) * 1000, "a larger class would fit as well"
    places, spare = VALUES["hub"]["activeServerLimit"], VALUES["scheduling"]["userPlaceholder"]["replicas"]
    assert places >= 100 + spare and (places + spare) * promised <= 3 * 32_000
    assert (places + spare) * VALUES["singleuser"]["cpu"]["guarantee"] <= 3 * 8


def test_the_room_of_the_cluster_is_where_the_hub_looks_for_it():
    found = {manifest["kind"]: manifest for manifest in MANIFESTS}
    assert set(found) == {"Service", "PersistentVolumeClaim", "NetworkPolicy", "Deployment"}
    where = urlsplit(VALUES["hub"]["services"]["room"]["url"])
    assert where.hostname == found["Service"]["metadata"]["name"]
    assert where.port == found["Service"]["spec"]["ports"][0]["port"]
    pod = found["Deployment"]["spec"]["template"]
    for selector in (
        found["Service"]["spec"]["selector"],
        found["Deployment"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= pod["metadata"]["labels"].items()
    (container,) = pod["spec"]["containers"]
    settings = {one["name"]: one for one in container["env"]}
    assert (
        settings["JUPYTERHUB_API_TOKEN"]["valueFrom"]["secretKeyRef"]["key"] == "hub.services.room.apiToken"
    )
    assert (
        urlsplit(settings["JUPYTERHUB_SERVICE_URL"]["value"]).port == container["ports"][0]["containerPort"]
    )
    assert found["Deployment"]["spec"]["replicas"] == 1


def test_code_in_the_values_is_python():
    for name, code in VALUES["hub"]["extraConfig"].items():
        ast.parse(code, name)


def test_one_image_and_one_version_are_named_everywhere():
    from jdm_teach import __version__

    texts = [
        file.read_text(encoding="utf-8")
        for file in DEPLOY.rglob("*")
        if file.suffix in {".yaml", ".md", ".room"}
    ]
    versions = set(re.findall(r"jdm_teach(?:_room)?:([0-9.]+\d)", "\n".join(texts)))
    assert versions == {__version__} == {VALUES["singleuser"]["image"]["tag"]}


def test_every_lesson_has_a_link_that_opens_it():
    links = module("links")
    lessons = sorted(file.stem for file in (ROOT / "notebooks").glob("*.ipynb"))
    assert len(lessons) >= 8
    for lesson in lessons:
        link = urlsplit(
            links.pull_link("https://hub.example.org/", "https://git.example.org/a/jdm_teach.git", lesson)
        )
        query = {name: value for name, (value,) in parse_qs(link.query, strict_parsing=True).items()}
        assert link.path == "/hub/user-redirect/git-pull"
        assert query["urlpath"] == f"doc/tree/jdm_teach/notebooks/{lesson}.ipynb"
        assert query["repo"] == "https://git.example.org/a/jdm_teach.git"


def test_every_file_the_guide_names_exists():
    said = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"deploy/[\w/]+\.\w+", said):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`((?:tests|benchmarks|one_machine|kubernetes|binder)/[\w/.]*)`", said):
        assert (ROOT / name).exists() or (DEPLOY / name).exists(), name


ROOM = ("/services/room", "http://127.0.0.1:8060", "https://hub.example.org/services/room")


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ('<form method="post" action="/join">', '<form method="post" action="/services/room/join">'),
        ('<main data-events="/v/K/events">', '<main data-events="/services/room/v/K/events">'),
        (r'data: {"html": "<form action=\"/v/K/vote\">"}', r'data: {"html": "<form action=\"/services/room/v/K/vote\">"}'),
        ("Go to http://127.0.0.1:8060/v/K", "Go to https://hub.example.org/services/room/v/K"),
        ('<a href="//elsewhere.org">', '<a href="//elsewhere.org">'),
        ('<a href="#main">1/2</a>', '<a href="#main">1/2</a>'),
    ],
)  # fmt: skip
def test_the_door_moves_the_links_of_the_room_below_the_hub(line, moved):
    assert module("room_door").at_home(line, *ROOM) == moved


def test_the_door_passes_on_cookies_of_the_room_only():
    from http.cookies import SimpleCookie

    jar = SimpleCookie("jdm_voter_K=abc; jupyterhub-session-id=secret; service-room=secret; _xsrf=x")
    assert module("room_door").room_cookies(jar) == "jdm_voter_K=abc"


@pytest.fixture(scope="module")
def hub_python(tmp_path_factory) -> Path:
    """A Python with JupyterHub and KubeSpawner in a folder that goes away."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("No uv beside this Python (see `make`), so no JupyterHub to ask.")
    folder = tmp_path_factory.mktemp("hub")
    python = folder / "env" / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, folder / "env"],
        [uv, "pip", "install", "--quiet", "--python", python, *HUB],
    ):
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            pytest.skip(f"JupyterHub could not be installed here: {done.stderr.strip()[-300:]}")
    return python


def asked(python: Path, script: str, *arguments: str, given: str = "") -> tuple[dict, str]:
    done = subprocess.run(
        [str(python), "-c", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout), done.stderr


@pytest.mark.slow
def test_jupyterhub_itself_reads_the_configuration(hub_python):
    config, said = asked(hub_python, LOAD, str(DEPLOY / "one_machine" / "jupyterhub_config.py"))
    assert "not recognized" not in said
    assert config["JupyterHub"]["spawner_class"] == "systemd"
    assert config["Spawner"]["pre_spawn_hook"] == "room_for_facilitators"
    assert {service["name"] for service in config["JupyterHub"]["services"]} == {"room", "idle-culler"}


@pytest.mark.slow
def test_the_pods_of_a_class_are_valid_and_limited(hub_python):
    people, _ = asked(hub_python, RENDER, given=json.dumps([VALUES, MANIFESTS]))
    offered = {who: found["offered"] for who, found in people.items()}
    assert offered == {
        "student": [],
        "facilitator": ["student", "facilitator"],
        "administrator": ["student", "facilitator"],
    }
    for who, memory in (("student", "1G"), ("facilitator", "2G"), ("administrator", "1G")):
        (container,) = people[who]["pod"]["spec"]["containers"]
        limit = container["resources"]["limits"]["memory"]
        assert int(limit) == int(megabytes(memory) / 1000 * 1024**3)
        assert (
            container["args"][0] == "jupyterhub-singleuser" if "args" in container else container["command"]
        )
        (shared,) = [m for m in container["volumeMounts"] if m["name"] == "shared"]
        assert shared["readOnly"] is True


@pytest.mark.slow
def test_the_room_is_entered_through_the_hubs_login_and_by_nobody_else(tmp_path):
    from benchmarks import hub_place

    lines = (
        f"""load_subconfig({str(DEPLOY / "one_machine" / "jdm_room.py")!r})
c.JupyterHub.services[-1]["cwd"] = {str(tmp_path)!r}
c.JupyterHub.services[-1]["command"] += ["--address", "https://hub.example.org/services/room"]
c.JupyterHub.services[-1]["url"] = "http://127.0.0.1:{hub_place.free_ports(1)[0]}"
"""
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        try:
            place = stack.enter_context(hub_place.hub_place())
            hub_place.run(Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--python",
                          place / "env" / "bin" / "python", *ROOM_NEEDS)  # fmt: skip
            hub = stack.enter_context(hub_place.running_hub(place, lines))
        except ValueError as missing:
            pytest.skip(f"No hub here: {missing}")
        browser = stack.enter_context(httpx.Client(base_url=hub.url, follow_redirects=True, timeout=30))
        login = browser.get("/services/room/lead")
        assert login.url.path == "/hub/login"
        form = {"username": "someone", "password": "x", "_xsrf": browser.cookies["_xsrf"]}
        desk = browser.post(str(login.url), data=form)
        assert desk.url.path == "/services/room/lead"

        front = browser.get("/services/room/")
        assert '<form method="post" action="/services/room/join">' in front.text
        assert "default-src 'none'" in front.headers["content-security-policy"]
        (file,) = tmp_path.glob("jdm_room_*.sqlite3")
        with contextlib.closing(sqlite3.connect(file)) as votes:
            ((code,),) = votes.execute("select code from rooms")
        inside = browser.post("/services/room/join", data={"code": code})
        assert inside.url.path == f"/services/room/v/{code}"
        (cookie,) = [one for one in browser.cookies.jar if one.name.startswith("jdm_voter")]
        assert cookie.path == f"/services/room/v/{code}"
        foreign = browser.post(
            "/services/room/join", data={"code": code}, headers={"Origin": "https://elsewhere.example"}
        )
        assert foreign.status_code == 403
        assert "someone" not in file.read_bytes().decode("latin-1")
        link = tmp_path / "jdm_lead_link.txt"
        assert link.stat().st_mode & 0o077 == 0
        # The link is whole: it can be opened as it was written, at the address people type.
        typed = re.fullmatch(
            r"Facilitator: +(https://hub\.example\.org)/services/room/lead#(\S+)\n", link.read_text()
        )
        assert typed
        unlocked = browser.post("/services/room/lead/unlock", data={"secret": typed[2]})
        assert unlocked.url.path == "/services/room/lead" and code in unlocked.text
