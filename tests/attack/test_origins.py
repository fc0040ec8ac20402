"""What web pages can do to a server that has the default keys, which every page knows: nothing, unless a CORS rule of the
bucket lets them. The signs are those that browsers send; the last tests ask a real one."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials
from support.browser import Page
from support.plain_http import Answer, send
from support.s3 import client, new_bucket
from support.server import ACCESS_KEY, SECRET_KEY, Server

EVIL = "http://evil.example"
CROSS_SITE = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
        "Upgrade-Insecure-Requests": "1"}
DELETION = b"<Delete><Object><Key>kept</Key></Object></Delete>"


@pytest.fixture(scope="module")
def signer(server: Server) -> BaseClient:
    return client(server, signature_version="s3v4")


@pytest.fixture
def bucket(signer: BaseClient) -> str:
    name = new_bucket(signer)
    signer.put_object(Bucket=name, Key="kept", Body=b"secret", ContentType="text/html")
    return name


@pytest.fixture(scope="module")
def own_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, BaseClient]]:
    with Server(tmp_path_factory.mktemp("own"), "--secret-key", "a-secret-of-my-own") as server:
        yield server, client(server, secret_key="a-secret-of-my-own", signature_version="s3v4")


def presigned(method: str, url: str) -> str:
    """As a page signs that knows the keys: any method, any URL."""
    request = AWSRequest(method=method, url=url)
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1", 3600).add_auth(request)
    return str(request.url)


def forged(server: str, operation: str, bucket: str) -> tuple[str, str, bytes]:
    """Method, presigned URL at the server and body."""
    method, path, body = {
        "put": ("PUT", f"/{bucket}/kept", b"overwritten"),
        "delete": ("DELETE", f"/{bucket}/kept", b""),
        "delete many": ("POST", f"/{bucket}?delete=&x-amz-trailer=x-amz-checksum-crc32", DELETION),
        "create an upload": ("POST", f"/{bucket}/kept?uploads=", b""),
        "copy": ("PUT", f"/{bucket}/copy?x-amz-copy-source={bucket}%2Fkept", b""),
        "delete the bucket": ("DELETE", f"/{bucket}", b""),
        "make a bucket": ("PUT", f"/{bucket[:50]}-new", b""),
        "read": ("GET", f"/{bucket}/kept", b""),
        "look": ("HEAD", f"/{bucket}/kept", b""),
        "list": ("GET", f"/{bucket}?list-type=2", b""),
        "list buckets": ("GET", "/", b""),
    }[operation]
    return method, presigned(method, server + path), body


READS = ["read", "look", "list", "list buckets"]
WRITES = ["put", "delete", "delete many", "create an upload", "copy", "delete the bucket", "make a bucket"]


def is_forbidden(answer: Answer, method: str = "GET") -> bool:
    assert answer.status == 403, answer.body
    return method == "HEAD" or answer.error()["Code"] == "AccessForbidden"


def untouched(s3: BaseClient, bucket: str) -> bool:
    assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"secret"
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["kept"]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    return f"{bucket[:50]}-new" not in [entry["Name"] for entry in s3.list_buckets()["Buckets"]]


def allow(s3: BaseClient, bucket: str, origin: str, *methods: str) -> None:
    rule = {"AllowedOrigins": [origin], "AllowedMethods": list(methods), "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


# --- Pages of other origins ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signs", [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://localhost.evil.example:3000"},
    {"Origin": "chrome-extension://abcdef"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "same-origin", "Origin": EVIL},
    CROSS_SITE,
], ids=str)
@pytest.mark.parametrize("operation", READS + WRITES)
def test_a_page_of_another_origin_does_and_reads_nothing(server: Server, signer: BaseClient, bucket: str, operation: str,
                                                         signs: dict[str, str]) -> None:
    method, url, body = forged(server.url, operation, bucket)
    assert is_forbidden(send(method, url, body, {"Content-Type": "text/plain", **signs}), method)
    assert untouched(signer, bucket)


@pytest.mark.parametrize("signs", [CROSS_SITE, {"Origin": "http://localhost:3000"}, {"Origin": "null"}], ids=str)
def test_a_form_of_another_origin_stores_nothing(signer: BaseClient, bucket: str, signs: dict[str, str]) -> None:
    made = signer.generate_presigned_post(bucket, "pwn.html", Fields={"Content-Type": "text/html"},
                                          Conditions=[{"Content-Type": "text/html"}])
    answer = post(made, b"<script></script>", signs)
    assert is_forbidden(answer)
    assert untouched(signer, bucket)


def post(made: dict[str, Any], file: bytes, headers: dict[str, str]) -> Answer:
    parts = [f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in made["fields"].items()]
    parts.append('--B\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n')
    body = "".join(parts).encode() + file + b"\r\n--B--\r\n"
    return send("POST", made["url"], body, {"Content-Type": "multipart/form-data; boundary=B", **headers})


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "https://app.localhost"])
def test_a_page_of_this_machine_embeds_objects_and_changes_nothing(server: Server, signer: BaseClient, bucket: str, origin: str) -> None:
    for signs in ({"Origin": origin}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", "Referer": f"{origin}/"}):
        for operation in READS:
            method, url, body = forged(server.url, operation, bucket)
            assert send(method, url, body, signs).status == 200
        for operation in WRITES:
            method, url, body = forged(server.url, operation, bucket)
            assert is_forbidden(send(method, url, body, signs))
    assert untouched(signer, bucket)


@pytest.mark.parametrize("signs", [{}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"},
                                   {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"},
                                   {"Referer": f"{EVIL}/"}], ids=str)
def test_who_is_of_no_other_origin_is_served(server: Server, signer: BaseClient, bucket: str, signs: dict[str, str]) -> None:
    method, url, body = forged(server.url, "put", bucket)
    assert send(method, url, body, signs).status == 200


def test_the_servers_own_origin_is_served(server: Server, signer: BaseClient, bucket: str) -> None:
    method, url, body = forged(server.url, "put", bucket)
    assert send(method, url, body, {"Origin": server.url}).status == 200
    method, url, body = forged(server.url, "put", bucket)
    assert is_forbidden(send(method, url, body, {"Origin": server.url.replace("http:", "https:")}))


def test_a_signature_in_the_header_is_no_pages_without_a_preflight(signer: BaseClient, bucket: str) -> None:
    """So what Amazon S3 does with an Origin that no rule allows is kept for programs."""
    seen = []

    def add_origin(request: Any, **_: Any) -> None:
        request.headers["Origin"] = EVIL
        seen.append(request.headers["Authorization"])

    signer.meta.events.register_last("before-send.s3", add_origin)
    try:
        assert signer.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"secret"
        signer.put_object(Bucket=bucket, Key="other", Body=b"x")
    finally:
        signer.meta.events.unregister("before-send.s3", add_origin)
    assert all(value.startswith(b"AWS4-" if isinstance(value, bytes) else "AWS4-") for value in seen) and len(seen) == 2


# --- What CORS rules let them do -------------------------------------------------------------------------------------


def test_a_rule_of_the_bucket_lets_an_origin_do_what_it_says(server: Server, signer: BaseClient, bucket: str) -> None:
    allow(signer, bucket, EVIL, "PUT", "GET")
    for operation, status in (("put", 200), ("read", 200), ("list", 200), ("delete", 403), ("delete many", 403),
                              ("create an upload", 403), ("list buckets", 403)):
        method, url, body = forged(server.url, operation, bucket)
        assert send(method, url, body, CROSS_SITE).status == status, operation
    method, url, body = forged(server.url, "put", bucket)
    assert is_forbidden(send(method, url, body, {**CROSS_SITE, "Origin": "http://other.example"}))


def test_a_rule_for_post_lets_an_origins_form_in(signer: BaseClient, bucket: str) -> None:
    allow(signer, bucket, "http://localhost:3000", "POST")
    made = signer.generate_presigned_post(bucket, "from a form")
    assert post(made, b"data", {"Origin": "http://localhost:3000"}).status == 204
    assert signer.get_object(Bucket=bucket, Key="from a form")["Body"].read() == b"data"


def test_a_rule_of_one_bucket_copies_nothing_out_of_another(server: Server, signer: BaseClient, bucket: str) -> None:
    open_one = new_bucket(signer)
    allow(signer, open_one, EVIL, "PUT", "GET")
    url = f"{server.url}/{open_one}/stolen"
    in_query = presigned("PUT", f"{url}?x-amz-copy-source=%2F{bucket}%2Fkept")
    for copied, headers in ((in_query, {}), (presigned("PUT", url), {"x-amz-copy-source": f"{bucket}/kept"})):
        assert is_forbidden(send("PUT", copied, b"", {**CROSS_SITE, **headers}))
    assert "Contents" not in signer.list_objects_v2(Bucket=open_one)
    allow(signer, bucket, EVIL, "GET")
    assert send("PUT", in_query, b"", CROSS_SITE).status == 200


def test_a_preflight_never_opens_a_private_network(signer: BaseClient, bucket: str) -> None:
    allow(signer, bucket, EVIL, "PUT")
    url = signer.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Private-Network": "true"}
    answer = send("OPTIONS", url, b"", asked)
    assert answer.status == 200
    assert "Access-Control-Allow-Private-Network" not in answer.headers


# --- Names that are rebound ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.evil.example",
                                  "192.168.1.2", "0.0.0.0", "[::2]", "evil.example.", ""])
def test_a_name_that_others_can_let_lead_here_is_not_served(server: Server, bucket: str, host: str) -> None:
    named = f"{host}:{server.port}"
    s3 = client(server, signature_version="s3v4", url=f"http://{host or 'x'}:{server.port}", s3={"addressing_style": "path"})
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "kept"}).replace(f"http://{host or 'x'}:", "http://127.0.0.1:")
    for origin in ({}, {"Origin": f"http://{named}", "Sec-Fetch-Site": "same-origin"}):
        assert is_forbidden(send("GET", url, b"", {"Host": named, **origin}))
    for method in ("GET", "OPTIONS"):
        assert is_forbidden(send(method, f"{server.url}/_partsmith/health", b"", {"Host": named}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "[::1]", "localhost", "LOCALHOST.", "s3.localhost", "partsmith",
                                  "host.docker.internal", "s3.amazonaws.com"])
def test_a_local_name_is_served(server: Server, host: str) -> None:
    assert send("GET", f"{server.url}/_partsmith/health", b"", {"Host": f"{host}:{server.port}"}).status == 200
    assert send("GET", f"{server.url}/_partsmith/health", b"", {"Host": host}).status == 200


def test_a_refused_host_is_told_what_to_do(server: Server) -> None:
    message = send("GET", f"{server.url}/", b"", {"Host": "s3.corp.example:9000"}).error()["Message"]
    assert '"s3.corp.example"' in message and "--allow-host s3.corp.example" in message


def test_further_hosts_can_be_allowed(tmp_path: Path) -> None:
    with Server(tmp_path, "--allow-host", "s3.corp.example", "--allow-host", "[2001:db8::1]") as server:
        for host, status in (("S3.corp.example:80", 200), ("[2001:db8::1]:9000", 200), ("a.s3.corp.example", 403), ("corp.example", 403)):
            assert send("GET", f"{server.url}/_partsmith/health", b"", {"Host": host}).status == status, host


# --- Stored pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", "image/svg+xml",
                                          "text/xml", "application/xml", "application/rss+xml", "application/unknown", "x",
                                          "multipart/x-mixed-replace; boundary=b", "image/png, text/html", "text/plain text/html"])
@pytest.mark.parametrize("signs", [LINK, {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}, {"User-Agent": "Mozilla/5.0"},
                                   {"Upgrade-Insecure-Requests": "1"}], ids=str)
def test_a_document_that_could_run_scripts_comes_to_browsers_in_a_sandbox(signer: BaseClient, bucket: str, content_type: str,
                                                                          signs: dict[str, str]) -> None:
    signer.put_object(Bucket=bucket, Key="page", Body=b"<script></script>")
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page", "ResponseContentType": content_type})
    for method in ("GET",):
        answer = send(method, url, b"", signs)
        assert (answer.status, answer.headers["Content-Security-Policy"]) == (200, "sandbox")


@pytest.mark.parametrize("content_type", ["image/png", "video/mp4", "application/pdf", "text/plain; charset=utf-8",
                                          "binary/octet-stream", "application/json"])
def test_what_runs_no_scripts_comes_as_it_is(signer: BaseClient, bucket: str, content_type: str) -> None:
    signer.put_object(Bucket=bucket, Key="file", Body=b"data", ContentType=content_type)
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "file"})
    answer = send("GET", url, b"", LINK)
    assert (answer.status, answer.headers["Content-Security-Policy"]) == (200, None)


def test_programs_get_pages_as_they_are(signer: BaseClient, bucket: str) -> None:
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "kept"})
    for signs in ({}, {"User-Agent": "curl/8.0"}, {"Sec-Fetch-Mode": "cors", "User-Agent": "node"}):
        answer = send("GET", url, b"", signs)
        assert (answer.status, answer.headers["Content-Security-Policy"]) == (200, None)


def test_pages_that_are_trusted_come_without_a_sandbox(tmp_path: Path) -> None:
    with Server(tmp_path, "--trust-pages") as server:
        s3 = client(server, signature_version="s3v4")
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="page", Body=b"<script></script>", ContentType="text/html")
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page"})
        answer = send("GET", url, b"", LINK)
        assert (answer.status, answer.headers["Content-Security-Policy"]) == (200, None)
        assert is_forbidden(send("GET", url, b"", CROSS_SITE))


# --- Own keys, own endpoints -----------------------------------------------------------------------------------------


def test_with_own_keys_a_page_is_answered_as_by_amazon_s3(own_keys: tuple[Server, BaseClient]) -> None:
    """A PUT that no rule allows is carried out, and its answer says nothing of CORS (recorded: cors-method-matching)."""
    _, s3 = own_keys
    bucket = new_bucket(s3)
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "page"})
    answer = send("PUT", url, b"<script></script>", CROSS_SITE)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page", "ResponseContentType": "text/html"})
    answer = send("GET", url, b"", {**LINK, "Host": url.split("/")[2]})
    assert (answer.status, answer.headers["Content-Security-Policy"]) == (200, None)


def test_pages_of_other_origins_never_reach_partsmiths_own_endpoints(server: Server, own_keys: tuple[Server, BaseClient]) -> None:
    for url in (server.url, own_keys[0].url):
        for signs in (CROSS_SITE, LINK, {"Origin": "http://localhost:3000"}, {"Sec-Fetch-Site": "same-site"}):
            assert is_forbidden(send("GET", f"{url}/_partsmith/health", b"", signs))
        assert send("GET", f"{url}/_partsmith/health", b"", {"Sec-Fetch-Site": "none"}).status == 200


def test_a_bucket_addressed_by_host_has_keys_of_any_name(server: Server, s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="_partsmith/health", Body=b"an object")
    by_host = client(server, signature_version="s3v4", url=f"http://s3.localhost:{server.port}", s3={"addressing_style": "virtual"})
    url = by_host.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "_partsmith/health"})
    host = urllib.parse.urlsplit(url).netloc
    assert host.startswith(bucket)
    assert send("GET", url.replace(host, f"127.0.0.1:{server.port}"), b"", {"Host": host}).body == b"an object"


# --- In a browser ----------------------------------------------------------------------------------------------------


ATTACK = """
const {forged, form, page, image, health} = %s;
const frame = (name) => { const f = document.createElement("iframe"); f.name = name; document.body.append(f); return f; };
const loaded = (element) => new Promise((done) => { element.onload = () => done(true); element.onerror = () => done(false); });
const told = {fetched: [], image: null, script: null};

for (const [method, url, body] of forged) {
  for (const mode of ["no-cors", "cors"]) {
    try { told.fetched.push((await fetch(url, {method, mode, body: body || undefined})).type); }
    catch { told.fetched.push("error"); }
  }
}
try { told.health = (await fetch(health)).status; } catch { told.health = "error"; }

const target = frame("target");
const posted = document.createElement("form");
Object.assign(posted, {method: "POST", action: form.url, enctype: "multipart/form-data", target: "target"});
for (const [name, value] of Object.entries(form.fields)) {
  const input = document.createElement("input");
  Object.assign(input, {type: "hidden", name, value});
  posted.append(input);
}
const file = document.createElement("input");
file.type = "file"; file.name = "file";
const chosen = new DataTransfer();
chosen.items.add(new File(["<p>stored by a page</p>"], "pwn.html"));
file.files = chosen.files;
posted.append(file);
document.body.append(posted);
const answered = loaded(target);
posted.submit();
await answered;

const img = new Image();
let done = loaded(img); img.src = image; told.image = await done;
const script = document.createElement("script");
done = loaded(script); script.src = page; document.head.append(script); told.script = await done;
return told;
"""


@pytest.mark.browser
def test_a_hostile_page_in_a_browser_gets_nowhere(tmp_path: Path) -> None:
    with Server(tmp_path / "server") as server:
        s3 = client(server, signature_version="s3v4")
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="kept", Body=b"secret", ContentType="text/html")
        pixel = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
        other = new_bucket(s3)
        s3.put_object(Bucket=other, Key="pixel", Body=pixel, ContentType="image/svg+xml")
        s3.put_object(Bucket=other, Key="code", Body=b"window.stolen = 1", ContentType="text/javascript")
        given = {
            "forged": [(method, url, body.decode()) for method, url, body in
                       (forged(server.url, name, bucket) for name in [*WRITES, "read", "list", "list buckets"])],
            "form": s3.generate_presigned_post(bucket, "pwn.html"),
            "image": s3.generate_presigned_url("get_object", {"Bucket": other, "Key": "pixel"}),
            "page": s3.generate_presigned_url("get_object", {"Bucket": other, "Key": "code"}),
            "health": f"{server.url}/_partsmith/health",
        }
        told = Page(ATTACK % json.dumps(given), host="evil.example").run(tmp_path / "profile")
        assert set(told["fetched"]) <= {"error", "opaque"}
        assert (told["image"], told["script"], told["health"]) == (False, False, "error")
        assert untouched(s3, bucket)
    lines = [line for line in server.log().splitlines() if "AccessForbidden" in line]
    # The form, and the writes that need no preflight, did come here.
    assert len([line for line in lines if f" POST /{bucket} " in line]) >= 2, server.log()


@pytest.mark.browser
def test_a_hostile_page_whose_name_is_rebound_gets_nowhere(tmp_path: Path) -> None:
    with Server(tmp_path / "server") as server:
        s3 = client(server, signature_version="s3v4")
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="kept", Body=b"secret")
        urls = [forged(f"http://evil.example:{server.port}", name, bucket) for name in ("read", "list buckets", "create an upload")]
        page = Page(f"""
const types = [];
for (const [method, url] of {json.dumps([(method, url) for method, url, _ in urls])}) {{
  try {{ types.push((await fetch(url, {{method, mode: "no-cors"}})).type); }} catch {{ types.push("error"); }}
}}
return types;""", host="evil.example")
        page.run(tmp_path / "profile")
        assert untouched(s3, bucket)
    came = [line for line in server.log().splitlines() if "evil.example" in line]
    assert len(came) == 3 and all(" 403 AccessForbidden " in line for line in came), server.log()


@pytest.mark.browser
@pytest.mark.parametrize("trusted", [False, True])
def test_a_stored_page_that_a_link_leads_to_runs_no_script_in_the_servers_origin(tmp_path: Path, trusted: bool) -> None:
    """With --trust-pages it does: so the test would see it."""
    with Server(tmp_path / "server", *(["--trust-pages"] if trusted else [])) as server:
        s3 = client(server, signature_version="s3v4")
        bucket = new_bucket(s3)
        made = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "done by the page"})
        link = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "page"})
        page = Page(f"location.href = {json.dumps(link)}; await new Promise(() => {{}});", host="evil.example")
        stored = f"""<!doctype html><script>
const request = new XMLHttpRequest();
request.open("PUT", {json.dumps(made)}, false);
request.send("x");
</script><iframe src="{page.origin}/told"></iframe>"""  # which is loaded when the script is done, or wasn't run
        s3.put_object(Bucket=bucket, Key="page", Body=stored.encode(), ContentType="text/html")
        assert page.run(tmp_path / "profile") == "loaded"
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert ("done by the page" in keys) == trusted
