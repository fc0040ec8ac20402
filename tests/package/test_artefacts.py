"""Each artefact is installed without the source tree and used."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from package.support import (DEBIAN, DIST, MACHINE, MACHINES, NODE, ROOT, artefact, emulated_in, in_root, multipart_upload, run, serving,
                             tarball_program)

JS = Path(os.environ.get("PARTSMITH_JS") or ROOT / "build/clients/js")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PARTSMITH_", "PYTHON"))}
VERSION = re.search(r"^project\(partsmith VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]  # type: ignore[index]


def test_the_sums_are_those_of_the_files() -> None:
    lines = dict(reversed(line.split("  ")) for line in (DIST / "SHA256SUMS").read_text().splitlines())
    assert set(lines) == {path.name for path in DIST.iterdir()} - {"SHA256SUMS"}
    for name, digest in lines.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == digest, name


def test_every_artefact_is_made_again_with_the_same_bytes(tmp_path: Path, program: Path) -> None:
    programs = [f"--program={machine}={tarball_program(machine, tmp_path / machine)}" for machine in MACHINES]
    roots = [f"--root={machine}={ROOT}/build/package/root-{DEBIAN[machine]}" for machine in MACHINES[1:]]
    pages = tmp_path / "pages"
    pages.mkdir()
    for name, words in {"partsmith.1": ["man"], **{f"partsmith.{shell}": ["completion", shell] for shell in ("bash", "zsh", "fish")}}.items():
        (pages / name).write_text(run([program, *words]).stdout)
    with tarfile.open(artefact(f"partsmith-*-linux-{MACHINE}.tar.gz")) as archive:
        moment = archive.getmembers()[0].mtime
    done = run([sys.executable, ROOT / "packaging/package.py", "--version", VERSION, "--time", str(int(moment)), "--pages", pages, "--output", tmp_path / "dist",
                *programs, *roots])
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "dist/SHA256SUMS").read_text() == (DIST / "SHA256SUMS").read_text()


def test_the_list_of_what_is_inside_names_every_library() -> None:
    document = json.loads(artefact("*.spdx.json").read_text())
    inside = {package["name"] for package in document["packages"]}
    pinned = {line.split()[0] for line in (ROOT / "packaging/static/libraries.txt").read_text().splitlines() if line and line[0] != "#"}
    assert document["spdxVersion"] == "SPDX-2.3" and pinned < inside and "partsmith" in inside
    assert all(relation["relatedSpdxElement"] in {package["SPDXID"] for package in document["packages"]} for relation in document["relationships"])


# --- The wheel


@pytest.fixture(scope="module")
def installed_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment of its own, which sees boto3 and pytest of this one."""
    folder = tmp_path_factory.mktemp("wheel") / "venv"
    made = run([sys.executable, "-m", "venv", "--without-pip", folder], env=CLEAN)
    assert made.returncode == 0, made.stderr
    done = run([sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--no-index", "--no-deps", artefact(f"partsmith-*{MACHINE}.whl")], env=CLEAN)
    assert done.returncode == 0, done.stderr
    own = next(folder.glob("lib/python*/site-packages"))
    (own / "clients.pth").write_text(os.pathsep.join(path for path in sys.path if path.endswith("site-packages")) + "\n")
    return folder


def python(folder: Path, *words: str, cwd: Path, **env: str) -> Any:
    return run([folder / "bin/python", *words], cwd=cwd, env={**CLEAN, **env})


def test_the_wheel_brings_the_program(installed_wheel: Path, tmp_path: Path) -> None:
    assert run([installed_wheel / "bin/partsmith", "--version"]).stdout.strip() == VERSION
    assert python(installed_wheel, "-m", "partsmith", "--version", cwd=tmp_path).stdout.strip() == VERSION
    assert python(installed_wheel, "-c", "import partsmith; print(partsmith.__version__)", cwd=tmp_path).stdout.strip() == VERSION


@pytest.mark.parametrize("other", MACHINES[1:])
def test_the_wheel_of_another_processor_brings_its_program(tmp_path: Path, other: str) -> None:
    """As pip fetches it for a machine of that kind."""
    (root := tmp_path / "root").mkdir()
    done = run([sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target", root, "--only-binary=:all:",
                "--platform", f"manylinux2014_{other}", "--find-links", DIST, "partsmith"], env=CLEAN)
    assert done.returncode == 0, done.stderr
    assert run(in_root(root, *emulated_in(root, other), "/bin/partsmith", "--version")).stdout.strip() == VERSION


def test_a_server_in_python(installed_wheel: Path, tmp_path: Path) -> None:
    script = '''
import os, partsmith
with partsmith.Server(buckets=["films:versioned"]) as server:
    s3 = server.client()
    upload = s3.create_multipart_upload(Bucket="films", Key="gopher")["UploadId"]
    part = s3.upload_part(Bucket="films", Key="gopher", UploadId=upload, PartNumber=1, Body=b"gopher")
    s3.complete_multipart_upload(Bucket="films", Key="gopher", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert s3.get_bucket_versioning(Bucket="films")["Status"] == "Enabled"
    assert "CompleteMultipartUpload" in server.log and server.endpoint_url.endswith(str(server.port))
    pid = server.pid
assert not os.path.exists(f"/proc/{pid}")
try:
    partsmith.Server("--no-such-flag").start()
except partsmith.ServerError as error:
    assert "no-such-flag" in str(error)
else:
    raise AssertionError
'''
    done = python(installed_wheel, "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_control_api_in_python(installed_wheel: Path, tmp_path: Path) -> None:
    script = '''
import datetime, partsmith
with partsmith.Server() as server:
    s3 = server.client()
    s3.create_bucket(Bucket="films")
    server.faults.add({"name": "slow", "match": {"operation": "PutObject"}, "times": 1, "fault": {"type": "error", "code": "SlowDown"}})
    s3.put_object(Bucket="films", Key="gopher", Body=b"g")
    assert [rule["hits"] for rule in server.faults.rules()] == [1]
    server.journal.expect(operation="PutObject", count=2)
    assert [entry["status"] for entry in server.journal.entries(operation="PutObject")] == [503, 200]
    try:
        server.journal.expect(operation="PutObject", count=1)
    except AssertionError as error:
        assert "found 2" in str(error)
    else:
        raise SystemExit("it held")
    server.faults.clear("slow")
    assert server.faults.rules() == []
    server.clock.set(datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc))
    server.clock.advance(datetime.timedelta(days=8))
    assert server.clock.now().strftime("%Y-%m-%d") == "2030-01-09"
    server.reset()
    assert s3.list_buckets()["Buckets"] == []
    try:
        server.faults.add("no-such-preset")
    except partsmith.ControlError as error:
        assert "no-such-preset" in str(error)
    else:
        raise SystemExit("it was taken")
'''
    done = python(installed_wheel, "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_plugin_of_pytest(installed_wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "test_films.py").write_text('''
import boto3, pytest
from partsmith import mock_aws

def test_a_bucket_of_its_own(s3_client, s3_bucket):
    s3_client.put_object(Bucket=s3_bucket, Key="gopher", Body=b"g")
    assert s3_client.list_objects_v2(Bucket=s3_bucket)["KeyCount"] == 1

def test_another(s3_client, s3_bucket):
    assert s3_client.list_objects_v2(Bucket=s3_bucket)["KeyCount"] == 0

def test_clients_of_the_code_under_test(partsmith_environment, s3_bucket):
    assert s3_bucket in [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]

@pytest.mark.parametrize("time", [1, 2])
def test_a_world_of_its_own(partsmith_world, time):
    s3 = partsmith_world.client()
    s3.create_bucket(Bucket="films")  # taken in no other test
    partsmith_world.journal.expect(operation="CreateBucket", count=1)

@mock_aws
def test_as_with_moto():
    s3 = boto3.client("s3")
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="films")

@mock_aws(region="eu-west-1")
def test_with_settings():
    assert boto3.client("s3").meta.region_name == "eu-west-1"
    assert boto3.client("s3").list_buckets()["Buckets"] == []

def test_with_a_block():
    with mock_aws() as server:
        assert boto3.client("s3").meta.endpoint_url == server.endpoint_url
    import os
    assert "AWS_ENDPOINT_URL_S3" not in os.environ
''')
    done = python(installed_wheel, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 0 and "8 passed" in done.stdout, done.stdout + done.stderr


# --- npm


@pytest.fixture(scope="module")
def installed_npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"name": "user", "private": true}')
    env = {**CLEAN, "PATH": f"{Path(sys.executable).parent}:{CLEAN['PATH']}", "npm_config_cache": str(folder / "cache")}
    done = run(["npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund",
                artefact(f"partsmith-linux-{NODE[MACHINE]}-*.tgz"), artefact("partsmith-[0-9]*.tgz")], cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_server_in_javascript(installed_npm: Path, tmp_path: Path) -> None:
    script = installed_npm / "upload.js"
    script.write_text(f'''
const assert = require("node:assert");
const {{ startPartsmith }} = require("partsmith");
const {{ S3Client, CreateMultipartUploadCommand, UploadPartCommand, CompleteMultipartUploadCommand, PutObjectCommand, ListBucketsCommand }} = require("{JS}/node_modules/@aws-sdk/client-s3");
(async () => {{
  const server = await startPartsmith({{ buckets: ["films"] }});
  const s3 = new S3Client(server.clientConfig);
  const at = {{ Bucket: "films", Key: "gopher" }};
  const {{ UploadId }} = await s3.send(new CreateMultipartUploadCommand(at));
  const {{ ETag }} = await s3.send(new UploadPartCommand({{ ...at, UploadId, PartNumber: 1, Body: "gopher" }}));
  await s3.send(new CompleteMultipartUploadCommand({{ ...at, UploadId, MultipartUpload: {{ Parts: [{{ PartNumber: 1, ETag }}] }} }}));
  assert.match(server.log, /CompleteMultipartUpload/);
  await server.faults.add({{ name: "slow", match: {{ operation: "PutObject" }}, times: 1, fault: {{ type: "error", code: "SlowDown" }} }});
  await s3.send(new PutObjectCommand({{ ...at, Body: "gopher" }}));
  assert.deepStrictEqual((await server.faults.rules()).map((rule) => rule.hits), [1]);
  await server.journal.expect({{ operation: "PutObject", count: 2 }});
  await assert.rejects(server.journal.expect({{ operation: "PutObject", count: 1 }}), /found 2/);
  assert.deepStrictEqual((await server.journal.entries({{ operation: "PutObject" }})).map((entry) => entry.status), [503, 200]);
  await server.faults.clear();
  await server.clock.set(new Date("2030-01-01T00:00:00Z"));
  await server.clock.advance(8 * 86400);
  assert.strictEqual((await server.clock.now()).toISOString().slice(0, 10), "2030-01-09");
  await server.reset();
  assert.deepStrictEqual((await s3.send(new ListBucketsCommand({{}}))).Buckets ?? [], []);
  s3.destroy();
  await server.stop();
  await assert.rejects(startPartsmith({{ arguments: ["--no-such-flag"] }}), /no-such-flag/);
  console.log("done");
}})();
''')
    env = {**CLEAN, "PATH": f"{Path(sys.executable).parent}:{CLEAN['PATH']}"}
    done = run(["node", script], env=env)
    assert done.stdout == "done\n" and done.returncode == 0, done.stdout + done.stderr
    assert run([installed_npm / "node_modules/.bin/partsmith", "--version"], env=env).stdout.strip() == VERSION


@pytest.mark.parametrize("other", MACHINES[1:])
def test_npm_takes_the_package_of_its_processor_alone(tmp_path: Path, other: str) -> None:
    (tmp_path / "package.json").write_text('{"name": "user", "private": true}')
    env = {**CLEAN, "PATH": f"{Path(sys.executable).parent}:{CLEAN['PATH']}", "npm_config_cache": str(tmp_path / "cache")}
    install = ["npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", artefact(f"partsmith-linux-{NODE[other]}-*.tgz")]
    refused = run(install, cwd=tmp_path, env=env)
    assert refused.returncode != 0 and "EBADPLATFORM" in refused.stderr, refused.stderr
    done = run([*install, "--force"], cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    brought = f"node_modules/@partsmith/linux-{NODE[other]}/bin/partsmith"
    assert run(in_root(tmp_path, *emulated_in(tmp_path, other), f"/{brought}", "--version")).stdout.strip() == VERSION


# --- .deb


def test_the_deb_in_a_root_of_its_own(tmp_path: Path, machine: str) -> None:
    root = tmp_path / "root"
    for folder in ("tmp", "var/lib/dpkg/info", "var/lib/dpkg/updates"):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    package = artefact(f"partsmith_*_{DEBIAN[machine]}.deb")
    forced = "--force-not-root" if machine == MACHINE else "--force-not-root,architecture"  # dpkg is this processor's
    done = run(["dpkg", f"--root={root}", forced, "--log=/dev/null", "--install", package])
    assert done.returncode == 0, done.stderr
    assert run(["dpkg", f"--root={root}", "--verify", "partsmith"]).stdout == ""
    command = in_root(root, *emulated_in(root, machine), "/usr/bin/partsmith", "serve", "--port", "0", "--ephemeral", "--ready-file", "/tmp/ready.json")
    with serving(command, root / "tmp/ready.json", tmp_path / "log") as ready:
        multipart_upload(ready["url"])
    page = gzip.decompress((root / "usr/share/man/man1/partsmith.1.gz").read_bytes()).decode()
    assert page.startswith(".TH PARTSMITH 1")
    assert (root / "usr/share/bash-completion/completions/partsmith").exists()
    assert "ExecStart=/usr/bin/partsmith serve" in (root / "usr/lib/systemd/system/partsmith.service").read_text()
    removed = run(["dpkg", f"--root={root}", "--force-not-root", "--log=/dev/null", "--purge", "partsmith"])
    assert removed.returncode == 0 and not (root / "usr/bin/partsmith").exists(), removed.stderr


# --- The image


class Image:
    def __init__(self, layout: Path):
        self.layout = layout
        with tarfile.open(artefact("*-image.tar")) as archive:
            archive.extractall(layout)

    def blob(self, described: dict[str, Any]) -> bytes:
        """Checked by its digest and size, as a registry would."""
        data = (self.layout / "blobs" / described["digest"].replace(":", "/")).read_bytes()
        assert hashlib.sha256(data).hexdigest() == described["digest"].split(":")[1] and len(data) == described["size"]
        return data

    def manifests(self) -> list[dict[str, Any]]:
        assert json.loads((self.layout / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
        index = json.loads((self.layout / "index.json").read_text())
        return json.loads(self.blob(index["manifests"][0]))["manifests"]


@pytest.fixture
def image(tmp_path: Path) -> Image:
    return Image(tmp_path / "layout")


def test_the_image_is_small(image: Image) -> None:
    manifests = image.manifests()
    assert {entry["platform"]["architecture"] for entry in manifests} == {DEBIAN[machine] for machine in MACHINES}
    for entry in manifests:
        manifest = json.loads(image.blob(entry))
        configuration = json.loads(image.blob(manifest["config"]))
        layer = image.blob(manifest["layers"][0])
        assert configuration["architecture"] == entry["platform"]["architecture"]
        assert configuration["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(gzip.decompress(layer)).hexdigest()}"]
        assert len(layer) < 15 * 1024 * 1024


def test_the_image_starts_without_arguments(image: Image, tmp_path: Path, machine: str) -> None:
    entry = next(one for one in image.manifests() if one["platform"]["architecture"] == DEBIAN[machine])
    manifest = json.loads(image.blob(entry))
    settings = json.loads(image.blob(manifest["config"]))["config"]
    root = tmp_path / "root"
    with tarfile.open(fileobj=io.BytesIO(image.blob(manifest["layers"][0]))) as archive:
        for member in archive.getmembers():
            if member.name == "data" and os.geteuid() == 0:
                assert str(member.uid) == settings["User"]  # nobody else may write there
        archive.extractall(root)
    if os.geteuid() == 0:
        os.chown(root / "data", int(settings["User"]), int(settings["User"]))
        (root / "tmp").chmod(0o1777)
    env = dict(line.split("=", 1) for line in settings["Env"])
    env |= {"PARTSMITH_PORT": "0", "PARTSMITH_READY_FILE": "/tmp/ready.json"}  # a free port, for a test
    before = emulated_in(root, machine)
    command = in_root(root, *before, *settings["Entrypoint"], *settings["Cmd"])
    if os.geteuid() == 0:
        command[1:1] = [f"--userspec={settings['User']}:{settings['User']}"]
    with serving(command, root / "tmp/ready.json", tmp_path / "log", env=env) as ready:
        multipart_upload(f"http://127.0.0.1:{ready['port']}")
        check = settings["Healthcheck"]["Test"]
        assert check[0] == "CMD"
        env["PARTSMITH_PORT"] = str(ready["port"])
        assert run(in_root(root, *before, *check[1:]), env=env).returncode == 0
    assert any((root / "data").iterdir())


def test_a_compose_file_of_minio_starts_the_image_s_program(image: Image, tmp_path: Path, program: Path) -> None:
    """`command: server /data --address :9000 --console-address :9001` becomes arguments of the entry point."""
    settings = json.loads(image.blob(json.loads(image.blob(image.manifests()[0]))["config"]))["config"]
    assert settings["Entrypoint"] == ["/usr/bin/partsmith"]
    env = dict(line.split("=", 1) for line in settings["Env"]) | {"MINIO_ROOT_USER": "gopher", "MINIO_ROOT_PASSWORD": "burrow-of-gophers"}
    env |= {"PARTSMITH_READY_FILE": str(tmp_path / "ready.json")}
    command = [str(program), "server", str(tmp_path / "data"), "--address", ":0", "--console-address", ":9001"]
    with serving(command, tmp_path / "ready.json", tmp_path / "log", env=env) as ready:
        multipart_upload(f"http://127.0.0.1:{ready['port']}", key="gopher", secret="burrow-of-gophers")


def test_start_commands_and_health_checks_of_minio_s_compose_files(image: Image, tmp_path: Path) -> None:
    """`entrypoint: sh`, `command: -c 'mkdir -p …'` and `healthcheck: ["CMD-SHELL", …]`, in the image's root."""
    root = tmp_path / "root"
    entry = next(one for one in image.manifests() if one["platform"]["architecture"] == DEBIAN[MACHINE])
    with tarfile.open(fileobj=io.BytesIO(image.blob(json.loads(image.blob(entry))["layers"][0]))) as archive:
        archive.extractall(root)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")  # as container engines make it, and /dev
    (root / "dev").mkdir()
    (root / "dev/null").touch()
    script = "mkdir -p /minio_data/films && minio server --address '127.0.0.1:0' --console-address ':9001' /minio_data"
    env = {"PATH": "/usr/bin", "PARTSMITH_READY_FILE": "/tmp/ready.json", "MINIO_ROOT_USER": "gopher", "MINIO_ROOT_PASSWORD": "burrow-of-gophers"}
    with serving(in_root(root, "/bin/sh", "-c", script), root / "tmp/ready.json", tmp_path / "log", env=env) as ready:
        url = f"http://localhost:{ready['port']}/minio/health/live"
        for check in (["/usr/bin/curl", "-f", url], ["/bin/sh", "-c", f"curl -fsS {url} >/dev/null || exit 1"], ["/usr/bin/mc", "ready", "local"]):
            done = run(in_root(root, *check), env={**env, "PARTSMITH_PORT": str(ready["port"])})
            assert done.returncode == 0, done.stderr
        multipart_upload(f"http://127.0.0.1:{ready['port']}", key="gopher", secret="burrow-of-gophers")


# --- CMake, Homebrew


def test_the_package_of_cmake(tmp_path: Path) -> None:
    with tarfile.open(artefact("*-cmake.tar.gz")) as archive:
        archive.extractall(tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(f"""
cmake_minimum_required(VERSION 3.20)
project(user LANGUAGES NONE)
enable_testing()
find_package(partsmith {VERSION} REQUIRED)
get_target_property(where partsmith::program IMPORTED_LOCATION)
partsmith_test(NAME upload COMMAND sh -c "echo hello >file && ${{where}} mb s3://films && ${{where}} cp file s3://films/hello --endpoint $AWS_ENDPOINT_URL_S3")
partsmith_test(NAME fails COMMAND false)
""")
    package = next(tmp_path.glob("partsmith-*-cmake"))
    made = run(["cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={package}"])
    assert made.returncode == 0, made.stderr
    done = run(["ctest", "--test-dir", project / "build", "--output-on-failure"], env=CLEAN)
    assert "upload ...........................   Passed" in done.stdout and "fails ............................***Failed" in done.stdout, done.stdout


def test_the_formula_has_the_sums_of_the_tarballs() -> None:
    formula = artefact("partsmith.rb").read_text()
    for path in DIST.glob("*-linux-*.tar.gz"):
        arm = "arm" if "aarch64" in path.name else "intel"
        expected = rf'on_{arm} do\n +url "[^"]+/{re.escape(path.name)}"\n +sha256 "{hashlib.sha256(path.read_bytes()).hexdigest()}"'
        assert re.search(expected, formula), path.name
