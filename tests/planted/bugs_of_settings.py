"""Settings of buckets: of the bucket before, of the bucket beside, of the setting before; forms; and what clients do at once."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from .bugs_of_copies import KEPT, _summed
from .bugs_of_leftovers import made_again_keeps
from .edits import document, listed
from .message import Answer, Request, answer, elements, encoded, error, value
from .proxy import Server, bug
from .signing import plain_body

MAKE, REMOVE, FORM, PUT, BATCH = "CreateBucket", "DeleteBucket", "PostObject", "PutObject", "DeleteObjects"
_ONE = threading.Lock()

made_again_keeps("bucket.made-again-keeps-lifecycle", "lifecycle", "Rule")
made_again_keeps("bucket.made-again-keeps-public-block", "publicAccessBlock", "BlockPublicAcls")
made_again_keeps("bucket.made-again-keeps-payer", "requestPayment", "Payer")


@bug("bucket.made-again-keeps-uploads", MAKE, REMOVE)
def made_again_keeps_uploads(r: Request, server: Server, m: Any) -> Answer:
    """An upload that was under way when its bucket was deleted goes on in the next one."""
    uploads = server.ask("GET", r.bucket, "", {"uploads": ""}).elements("Upload") if r.operation == REMOVE else []
    a = server(r)
    if a.ok and uploads:
        m["uploads"][r.bucket] = [value(u, "Key") for u in uploads]
    elif a.ok and r.operation == MAKE:
        for key in m["uploads"].pop(r.bucket, []):
            server.ask("POST", r.bucket, key, {"uploads": ""})
    return a


@bug("bucket.made-twice-forgets", MAKE)
def made_twice_forgets(r: Request, server: Server, m: Any) -> Answer:
    """A bucket that is made though it is there loses its tags and CORS rules."""
    there = server.ask("HEAD", r.bucket).ok
    a = server(r)
    if there:
        server.ask("DELETE", r.bucket, "", {"tagging": ""})
        server.ask("DELETE", r.bucket, "", {"cors": ""})
    return a


def of_the_last_bucket(name: str, sub: str) -> None:
    """A setting is one for all buckets: the one that was put last, where the bucket has one."""
    @bug(name, f"PutBucket{sub}", f"GetBucket{sub}")
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if r.operation.startswith("Put") and a.ok:
            m["last"][""] = plain_body(r)
        elif a.ok and m["last"].get(""):
            a.body = m["last"][""]
        return a


of_the_last_bucket("bucket.tags-of-another", "Tagging")
of_the_last_bucket("bucket.cors-of-another", "Cors")
of_the_last_bucket("bucket.lifecycle-of-another", "LifecycleConfiguration")


def keeps_former(name: str, operation: str, sub: str, element: str, end: str) -> None:
    """What is put is added to what is there."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        text = document(r)
        had = [e for e in server.ask("GET", r.bucket, "", {sub: ""}).elements(element) if e not in text]
        if had and end in text:
            r.set_body(text.replace(end, "".join(had) + end).encode())
            _summed(r)
        return server(r)


keeps_former("bucket.cors-added", "PutBucketCors", "cors", "CORSRule", "</CORSConfiguration>")
keeps_former("bucket.lifecycle-added", "PutBucketLifecycleConfiguration", "lifecycle", "Rule", "</LifecycleConfiguration>")


def delete_does_nothing(name: str, sub: str) -> None:
    @bug(name, f"DeleteBucket{sub}")
    def handle(r: Request, server: Server, m: Any) -> Answer:
        return answer(204)


for _short, _sub in {"tags": "Tagging", "lifecycle": "LifecycleConfiguration", "encryption": "Encryption",
                     "public-block": "PublicAccessBlock", "ownership": "OwnershipControls"}.items():
    delete_does_nothing(f"bucket.{_short}-delete-nothing", _sub)


@bug("bucket.cors-first-origin", "PutBucketCors")
def cors_first_origin(r: Request, server: Server, m: Any) -> Answer:
    """Of a rule's origins, methods and headers the first of each counts."""
    text = document(r)

    def first(rule: str) -> str:
        for name in ("AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader"):
            for extra in elements(rule, name)[1:]:
                rule = rule.replace(extra, "", 1)
        return rule
    new = re.sub("<CORSRule>.*?</CORSRule>", lambda e: first(e[0]), text, flags=re.S)
    if new != text:
        r.set_body(new.encode())
        _summed(r)
    return server(r)


@bug("bucket.lifecycle-filter-lost", "PutBucketLifecycleConfiguration")
def lifecycle_filter_lost(r: Request, server: Server, m: Any) -> Answer:
    """A rule is for the whole bucket, whatever its filter."""
    text = document(r)
    new = re.sub("<Filter>.*?</Filter>", "<Filter><Prefix></Prefix></Filter>", text, flags=re.S)
    if new != text:
        r.set_body(new.encode())
        _summed(r)
    return server(r)


# Forms.

def after_form(name: str, change: Callable[[Request, Server, str, Answer], None]) -> None:
    """What a form has put is changed behind it."""
    @bug(name, FORM, unsigned=True)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        key = field(r, "key")
        if (a.ok or a.status == 303) and key and "${" not in key:
            change(r, server, key, server.ask("HEAD", r.bucket, key))
        return a


def field(r: Request, name: str) -> str:
    found = re.search(rb'name="' + name.encode() + rb'"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', r.body, re.S | re.I)
    return found[1].decode("utf-8", "replace") if found else ""


def _again(server: Server, bucket: str, key: str, head: Answer, *lost: str) -> None:
    headers = {n: v for n, v in head.headers if (n.lower() in KEPT or n.lower().startswith("x-amz-meta-")) and not n.lower().startswith(lost)}
    if len(headers) < len([n for n, _ in head.headers if n.lower() in KEPT or n.lower().startswith("x-amz-meta-")]):
        server.ask("PUT", bucket, key, {}, {**headers, "x-amz-copy-source": f"/{bucket}/{encoded(key, '/')}", "x-amz-metadata-directive": "REPLACE"})


after_form("form.metadata-lost", lambda r, s, key, head: _again(s, r.bucket, key, head, "x-amz-meta-"))
after_form("form.type-lost", lambda r, s, key, head: _again(s, r.bucket, key, head, "content-type"))
after_form("form.cache-control-lost", lambda r, s, key, head: _again(s, r.bucket, key, head, "cache-control", "content-disposition", "expires"))
after_form("form.tags-lost", lambda r, s, key, head: s.ask("DELETE", r.bucket, key, {"tagging": ""}))


@bug("form.keeps-former-metadata", FORM, unsigned=True)
def form_keeps_former(r: Request, server: Server, m: Any) -> Answer:
    """An object that a form overwrites keeps its metadata."""
    key = field(r, "key")
    before = server.ask("HEAD", r.bucket, key) if key and "${" not in key else None
    a = server(r)
    if before and before.ok and before.metadata() and (a.ok or a.status == 303):
        headers = {n: v for n, v in [*before.metadata(), *server.ask("HEAD", r.bucket, key).metadata()]}
        server.ask("PUT", r.bucket, key, {}, {**headers, "x-amz-copy-source": f"/{r.bucket}/{encoded(key, '/')}", "x-amz-metadata-directive": "REPLACE"})
    return a


# At once.

class Together:
    """How many requests about one thing are under way."""

    def __init__(self, m: Any, thing: Any, wait: float = 0.02):
        self.m, self.thing, self.wait = m, thing, wait

    def __enter__(self) -> bool:
        with _ONE:
            self.m["now"][self.thing] = self.m["now"].get(self.thing, 0) + 1
            others = self.m["now"][self.thing] > 1
        time.sleep(self.wait)
        return others

    def __exit__(self, *_: object) -> None:
        with _ONE:
            self.m["now"][self.thing] -= 1


@bug("race.metadata-of-another", PUT)
def metadata_of_another(r: Request, server: Server, m: Any) -> Answer:
    """Of puts of one key at once, one has the bytes of its own and the type and metadata of another."""
    with Together(m, r.id) as others:
        if others and m["meta"].get(r.id):
            r.drop_header("content-type", *[n for n, _ in r.metadata()])
            for name, text in m["meta"][r.id]:
                r.set_header(name, text)
        else:
            m["meta"][r.id] = [h for h in r.headers if h[0].lower() == "content-type" or h[0].lower().startswith("x-amz-meta-")]
        return server(r)


@bug("race.version-lost", PUT)
def version_lost(r: Request, server: Server, m: Any) -> Answer:
    """Of puts of one key at once one version stays."""
    with Together(m, r.id) as others:
        a = server(r)
        if others and a.header("x-amz-version-id", "null") != "null":
            server.ask("DELETE", r.bucket, r.key, {"versionId": a.header("x-amz-version-id")})
        return a


@bug("race.part-forgotten", "UploadPart", "ListParts", "CompleteMultipartUpload")
def part_forgotten(r: Request, server: Server, m: Any) -> Answer:
    """Of parts that come at once one is missing in the upload's index."""
    if r.operation == "UploadPart":
        with Together(m, r.upload) as others:
            a = server(r)
            if others:
                m["lost", r.upload][r.number] = True
            else:
                m["lost", r.upload].pop(r.number, None)
            return a
    if r.operation == "ListParts":
        a = server(r)
        a.set_elements("Part", [p for p in a.elements("Part") if int(value(p, "PartNumber")) not in m["lost", r.upload]])
        return a
    if any(number in m["lost", r.upload] for number, _ in listed(r)):
        return error(400, "InvalidPart", "One or more of the specified parts could not be found.")
    return server(r)


@bug("race.batch-does-nothing", BATCH)
def batch_does_nothing(r: Request, server: Server, m: Any) -> Answer:
    """Of two DeleteObjects at once one is told as done, and isn't."""
    with Together(m, r.bucket) as others:
        if others:
            items = "".join(f"<Deleted>{elements(o, 'Key')[0]}</Deleted>" for o in elements(document(r), "Object"))
            return answer(200, f'<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{items}</DeleteResult>')
        return server(r)


@bug("race.abort-one-of-two", "AbortMultipartUpload")
def abort_one_of_two(r: Request, server: Server, m: Any) -> Answer:
    """Of two aborts of a key's uploads at once one does nothing."""
    with Together(m, r.id) as others:
        return answer(204) if others else server(r)


@bug("race.create-same-id", "CreateMultipartUpload")
def create_same_id(r: Request, server: Server, m: Any) -> Answer:
    """Two uploads of a key that begin at once are one."""
    with Together(m, r.id) as others:
        if others and m["began"].get(r.id):
            return m["began"][r.id]
        a = server(r)
        m["began"][r.id] = a
        return a


@bug("race.copy-mixed", "CopyObject")
def copy_mixed(r: Request, server: Server, m: Any) -> Answer:
    """Of copies to one key at once both have the first's source."""
    with Together(m, r.id) as others:
        if others and m["source"].get(r.id):
            r.set_header("x-amz-copy-source", m["source"][r.id])
        m["source"][r.id] = r.header("x-amz-copy-source")
        return server(r)


@bug("race.tags-of-another", "PutObjectTagging")
def tags_of_another(r: Request, server: Server, m: Any) -> Answer:
    """Tags that are put to several keys at once are those of the first."""
    with Together(m, r.bucket) as others:
        if others and m["tags"].get(r.bucket):
            r.set_body(m["tags"][r.bucket])
            _summed(r)
        else:
            m["tags"][r.bucket] = plain_body(r)
        return server(r)
