"""Policies that are kept, and read in part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fnmatch import translate
from typing import Any

from .message import Answer, Request, answer
from .proxy import Server, bug

GET, HEAD, LIST, PUT = "GetObject", "HeadObject", "ListObjectsV2", "PutBucketPolicy"
Statements = list[dict[str, Any]]
ARN = "arn:aws:s3:::"


def statements(text: bytes) -> Statements:
    try:
        return list(json.loads(text)["Statement"])
    except (ValueError, KeyError, TypeError):
        return []


def many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def puts_other(name: str, change: Callable[[Statements, Request, Server], Statements]) -> None:
    """What is put becomes something else, where there is a policy."""
    @bug(name, PUT)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        was = statements(r.body)
        now = change(was, r, server) if was else was
        if now != was:
            r.set_body(json.dumps({"Version": "2012-10-17", "Statement": now}).encode())
            for header in [name for name, _ in r.headers if name.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum-"))]:
                r.drop_header(header)
            r.set_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        return server(r)


def former(r: Request, server: Server) -> Statements:
    there = server.ask("GET", r.bucket, "", {"policy": ""})
    return statements(there.body) if there.ok else []


def firsts(was: Statements, element: str) -> Statements:
    return [{**one, element: many(one[element])[0]} if element in one else one for one in was]


puts_other("policy.deny-unread", lambda was, r, s: [one for one in was if one.get("Effect") != "Deny"] or was)
puts_other("policy.condition-unread", lambda was, r, s: [{k: v for k, v in one.items() if k != "Condition"} for one in was])
puts_other("policy.first-statement", lambda was, r, s: was[:1])
puts_other("policy.last-statement", lambda was, r, s: was[-1:])
puts_other("policy.first-action", lambda was, r, s: firsts(was, "Action"))
puts_other("policy.first-resource", lambda was, r, s: firsts(was, "Resource"))
puts_other("policy.added", lambda was, r, s: [one for one in former(r, s) if one not in was] + was)
puts_other("policy.whole-bucket", lambda was, r, s: [
    {**one, "Resource": [ARN + r.bucket + "/*" if "/" in text.removeprefix(ARN) else text for text in many(one["Resource"])]} for one in was])


@bug("policy.delete-nothing", "DeleteBucketPolicy")
def delete_nothing(r: Request, server: Server, m: Any) -> Answer:
    return answer(204)


@bug("policy.status-of-any", "ListObjects")
def status_of_any(r: Request, server: Server, m: Any) -> Answer:
    """Every policy is public."""
    a = server(r)
    if r.has_query("policyStatus") and a.ok:
        a.text = a.text.replace(">false<", ">true<")
    return a


@bug("policy.heads-denied", HEAD, unsigned=True)
def heads_denied(r: Request, server: Server, m: Any) -> Answer:
    """HEAD is no s3:GetObject."""
    anonymous = not (r.signed_in_header() or r.signed_in_query())
    return answer(403) if anonymous else server(r)


def lets_in(name: str, *operations: str, when: Callable[[Request, Statements], bool]) -> None:
    """Who signs nothing is let in, too, where the policy is like that."""
    @bug(name, *operations, unsigned=True)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        anonymous = not (r.signed_in_header() or r.signed_in_query() or r.has("authorization"))
        if anonymous:
            policy = server.ask("GET", r.bucket, "", {"policy": ""})
            r.changed = policy.ok and when(r, statements(policy.body))
        return server(r)


def names(one: dict[str, Any], text: str, fold: bool = False) -> bool:
    flags = re.IGNORECASE if fold else 0
    return any(re.match(translate(pattern), ARN + text, flags) for pattern in many(one.get("Resource", [])))


def reads(one: dict[str, Any]) -> bool:
    return one.get("Effect") == "Allow" and one.get("Principal") == "*" and "s3:GetObject" in many(one.get("Action"))


lets_in("policy.lists-by-get", LIST, "ListObjects", when=lambda r, all_: any(reads(one) for one in all_))
lets_in("policy.letter-case", GET, HEAD,
        when=lambda r, all_: any(reads(one) and "Condition" not in one and names(one, f"{r.bucket}/{r.key}", fold=True) for one in all_)
        and not any(one.get("Effect") == "Deny" for one in all_))


@bug("policy.question-mark", GET, HEAD, unsigned=True)
def question_mark(r: Request, server: Server, m: Any) -> Answer:
    """A question mark is itself."""
    anonymous = not (r.signed_in_header() or r.signed_in_query() or r.has("authorization"))
    policy = server.ask("GET", r.bucket, "", {"policy": ""}) if anonymous else None
    if policy and policy.ok and any(text.count("?") for one in statements(policy.body) for text in many(one.get("Resource", []))):
        return answer(403)
    return server(r)


@bug("policy.outlives-bucket", PUT, "DeleteBucket", "CreateBucket")
def outlives_bucket(r: Request, server: Server, m: Any) -> Answer:
    """A bucket that is made again has its predecessor's policy."""
    if r.operation == "DeleteBucket":
        there = server.ask("GET", r.bucket, "", {"policy": ""})
        m["policy"][r.bucket] = there.body if there.ok else None
    a = server(r)
    if r.operation == "CreateBucket" and a.ok and m["policy"].get(r.bucket):
        server.ask("DELETE", r.bucket, "", {"publicAccessBlock": ""})
        server.ask("PUT", r.bucket, "", {"policy": ""}, body=m["policy"][r.bucket])
    return a


@bug("policy.of-another", PUT, "GetBucketPolicy")
def of_another(r: Request, server: Server, m: Any) -> Answer:
    """The policy is one for all buckets that have any: the one that was put last."""
    a = server(r)
    if r.operation == PUT and a.ok:
        m["last"][""] = r.body
    elif a.ok and m["last"].get(""):
        a.body = m["last"][""]
    return a


@bug("policy.copies-unasked", "CopyObject")
def copies_unasked(r: Request, server: Server, m: Any) -> Answer:
    """A copy asks nothing about its source."""
    a = server(r)
    there = server.ask("GET", r.bucket, "", {"policy": ""}) if a.status == 403 else None
    if there and there.ok:
        server.ask("DELETE", r.bucket, "", {"policy": ""})
        a = server(r)
        server.ask("PUT", r.bucket, "", {"policy": ""}, body=there.body)
    return a


@bug("policy.batches-unasked", "DeleteObjects")
def batches_unasked(r: Request, server: Server, m: Any) -> Answer:
    """Deletions of several ask nothing about each."""
    there = server.ask("GET", r.bucket, "", {"policy": ""})
    if there.ok:
        server.ask("DELETE", r.bucket, "", {"policy": ""})
    a = server(r)
    if there.ok:
        server.ask("PUT", r.bucket, "", {"policy": ""}, body=there.body)
    return a
