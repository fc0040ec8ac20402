"""docs/kinds/credentials.md: what is told first of a request whose signature can't be right."""

from __future__ import annotations

import base64
import datetime
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer, send

import pages
from credential_table import (HEADERS, MEASURED, MECHANISMS, NO_DATE, OF_V2, REFUSED_DATES, TAKEN_DATES, UNKNOWN, UNKNOWN_KEY, URLS,
                              Wrong, amz, http)
from early_table import ANONYMOUS, DOCUMENT, LIST_OF_ATTRIBUTES, NO_CLAIM, ORDER, PARAMETERS, WRITES
from raw import Raw, Refused

ALL = (*MECHANISMS, *HEADERS, *OF_V2, *URLS)


def texts() -> dict[str, str]:
    return {"{now}": amz(), "{day}": amz()[:8], "{date}": http(), "{half an hour ago}": amz(-30), "{old day}": amz(-30)[:8],
            "{old date}": http(-30), "{an hour on}": amz(60), "{10 hours ago}": amz(-600)}


def filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


@pytest.mark.parametrize("wrong", ALL, ids=[f"{number}-{wrong.what.replace(' ', '-')[:60]}" for number, wrong in enumerate(ALL)])
def test_a_signature_that_cannot_be_right(wrong: Wrong, bucket: str, raw: Raw) -> None:
    values = texts()
    headers = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"} | {name: filled(text, values) for name, text in wrong.headers.items()}
    if wrong.headers.get("x-amz-content-sha256") == "":
        del headers["x-amz-content-sha256"]
    query = "".join(f"&{name}={urllib.parse.quote(filled(text, values), safe='')}" for name, text in wrong.query.items())
    answer = send("GET", f"{raw.server.url}/{bucket}?list-type=2{query}", headers=headers)
    told = {name: filled(text, values) for name, text in wrong.refused.fields.items()}
    shown = answer.error()
    told |= {name: shown.get(name, "is missing") for name, text in told.items() if text == "{any}"}
    message = None if wrong.refused.message is None else filled(wrong.refused.message, values)
    Refused(wrong.refused.status, wrong.refused.code, message, told).check(answer)


def dated(raw: Raw, bucket: str, date: str) -> Answer:
    return send("GET", f"{raw.server.url}/{bucket}", headers={"Authorization": f"AWS {UNKNOWN}:abc", "Date": date})


@pytest.mark.parametrize("form, east", TAKEN_DATES, ids=[form for form, _ in TAKEN_DATES])
def test_a_date_that_is_read(form: str, east: int, bucket: str, raw: Raw) -> None:
    local = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=east)
    UNKNOWN_KEY.check(dated(raw, bucket, local.strftime(form)))


@pytest.mark.parametrize("form", REFUSED_DATES)
def test_a_date_that_is_none(form: str, bucket: str, raw: Raw) -> None:
    NO_DATE.check(dated(raw, bucket, datetime.datetime.now(datetime.UTC).strftime(form)))


ASKED = [f"{target} {' '.join(headers.values())}" for target, headers, _ in PARAMETERS]


@pytest.mark.parametrize("target, headers, refused", PARAMETERS, ids=ASKED)
def test_a_parameter_is_refused_whoever_asks(target: str, headers: dict[str, str], refused: Refused, bucket: str, raw: Raw) -> None:
    wrong_secret = Raw(raw.server, secret="wrong")
    for name in (bucket, f"{bucket}-none"):
        method, path = target.replace("{bucket}", name).split(" ")
        refused.check(raw(method, path, headers=headers))
        refused.check(raw(method, path, headers=headers, signed=False))
        refused.check(wrong_secret(method, path, headers=headers))


@pytest.mark.parametrize("target, headers, refused", ORDER,
                         ids=[f"{target} {' '.join(headers.values())}" for target, headers, _ in ORDER])
def test_of_two_faults_one_is_told(target: str, headers: dict[str, str], refused: Refused, s3: BaseClient, bucket: str,
                                   raw: Raw) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"bytes")
    method, path = target.replace("{bucket}", bucket).split(" ")
    fields = {name: value.replace("{bucket}", bucket) for name, value in refused.fields.items()}
    Refused(refused.status, refused.code, refused.message, fields).check(raw(method, path, headers=headers))


@pytest.mark.parametrize("target, headers, body, refused", WRITES,
                         ids=[f"{row[0]} {' '.join(f'{name}={value}' for name, value in row[1].items())}" for row in WRITES])
def test_a_write_that_is_wrong_about_its_body(target: str, headers: dict[str, str], body: str, refused: Refused, bucket: str,
                                              raw: Raw) -> None:
    method, path = target.replace("{bucket}", bucket).split(" ")
    fields = {name: value.replace("{bucket}", bucket) for name, value in refused.fields.items()}
    Refused(refused.status, refused.code, refused.message, fields).check(raw(method, path, body.encode(), headers))


@pytest.mark.parametrize("name", ["", "crc32"])
def test_an_algorithm_that_is_not_named_is_none(name: str, bucket: str, raw: Raw) -> None:
    body = DOCUMENT.encode()
    checksum = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    headers = {"x-amz-checksum-crc32": checksum, "x-amz-sdk-checksum-algorithm": name}
    assert raw("POST", f"/{bucket}?delete", body, headers).status == 200


@pytest.mark.parametrize("form", ['"{}"', "{}", '{}"', '"{}'])
def test_an_etag_may_lack_quotes_in_if_match(form: str, s3: BaseClient, bucket: str) -> None:
    """Reported: moto, whose test runs on Amazon S3."""
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"bytes")["ETag"].strip('"')
    s3.put_object(Bucket=bucket, Key="key", Body=b"other", IfMatch=form.format(etag))


@pytest.mark.parametrize("target, headers, message, source", ANONYMOUS, ids=[row[0] for row in ANONYMOUS])
def test_nobody_is_refused(target: str, headers: dict[str, str], message: str, source: str, bucket: str, raw: Raw) -> None:
    method, path = target.replace("{bucket}", bucket[:50] if "-new" in target else bucket).split(" ")
    sent = {name: value.replace("{bucket}", bucket) for name, value in headers.items()}
    Refused(403, "AccessDenied", message).check(raw(method, path, headers=sent, signed=False))


@pytest.mark.parametrize("query", ("", "?prefix=x", "?continuation-token=garbage"))
def test_who_lists_the_buckets_of_nobody_is_led_away(query: str, raw: Raw) -> None:
    answer = raw("GET", f"/{query}", signed=False)
    assert (answer.status, answer.body) == (307, b"")
    assert answer.headers["location"] == "https://aws.amazon.com/s3/"
    assert raw("GET", "/").status == 200


@pytest.mark.parametrize("query", NO_CLAIM)
def test_a_query_that_claims_nothing_is_nobodys(query: str, bucket: str, raw: Raw) -> None:
    Refused(403, "AccessDenied", "Access Denied").check(raw("GET", f"/{bucket}?list-type=2&{query}", signed=False))


def test_an_empty_authorization_is_nobodys(bucket: str, raw: Raw) -> None:
    Refused(403, "AccessDenied", "Access Denied").check(send("GET", f"{raw.server.url}/{bucket}", headers={"Authorization": ""}))


@pytest.mark.parametrize("sent, sums", [("bytes=0-", True), ("bytes=0-3", False)])
def test_a_range_of_all_bytes_shows_the_checksum(sent: str, sums: bool, s3: BaseClient, bucket: str, raw: Raw) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"bytes", ChecksumAlgorithm="CRC32")
    answer = raw("GET", f"/{bucket}/key", headers={"Range": sent, "x-amz-checksum-mode": "enabled"})
    assert answer.status == 206
    assert ("x-amz-checksum-crc32" in answer.headers) is sums


@pytest.mark.parametrize("root, selector", [("ListBucketAnalyticsConfigurationsResult", "analytics"),
                                            ("ListIntelligentTieringConfigurationsResult", "intelligent-tiering"),
                                            ("ListInventoryConfigurationsResult", "inventory"),
                                            ("ListMetricsConfigurationsResult", "metrics")])
def test_a_list_of_configurations_is_asked_for_by_an_empty_id_too(root: str, selector: str, bucket: str, raw: Raw) -> None:
    for query in ("", "&id="):
        answer = raw("GET", f"/{bucket}?{selector}{query}")
        document = ElementTree.fromstring(answer.body)
        assert [child.tag.rpartition("}")[2] for child in document] == ["IsTruncated"]
        assert document.tag.rpartition("}")[2] == root
    token = ElementTree.fromstring(raw("GET", f"/{bucket}?{selector}&continuation-token=").body)
    assert [child.tag.rpartition("}")[2] for child in token] == ["IsTruncated", "ContinuationToken"]


def sent(wrong: Wrong) -> str:
    parts = [f"{name}: {value or 'empty'}" for name, value in wrong.headers.items() if name != "x-amz-content-sha256" or value]
    query = "&".join(f"{name}={value}" for name, value in wrong.query.items())
    return f"`{'; '.join(parts) + (' ?' + query if query else '')}`"


def test_the_page_is_the_table() -> None:
    text = f"""# Who asks, and what is told first

What Amazon S3 tells of a request that is wrong in its signature, or before it looks at one: {len(ALL)} requests whose signature can't be
right, {len(TAKEN_DATES) + len(REFUSED_DATES)} forms of a date, {len(PARAMETERS)} parameters that are refused whoever asks, {len(ORDER)} orders of
two faults, {len(WRITES)} writes
that are wrong about their bodies, {len(ANONYMOUS)} requests of nobody. The tables are `tests/kinds/credential_table.py` and
`tests/kinds/early_table.py`; `tests/kinds/test_credentials.py` asks the server and keeps this page true (`PARTSMITH_WRITE_PAGE=1`
writes it anew). Source where none is named: {MEASURED}. Which region a signature may be for is the server's own rule but with
`--strict-region`; another region is told behind the credential's day and before its service.

The order in a header: how many signatures there are, the scheme, x-amz-content-sha256, the date, its distance from now, the
components, the credential's form, day, region, service and end, whether the day is the date's, headers that aren't signed, the key,
the signature. In a URL: the algorithm, the parameters, date and age, whether it is valid now, then the credential as above.

"""
    columns = ("what is wrong", "sent", "answer")
    for title, rows in (("How many signatures", MECHANISMS), ("Signature V4 in a header", HEADERS), ("Signature V2 in a header", OF_V2),
                        ("URLs", URLS)):
        text += f"## {title}\n\n" + pages.table(columns, ((row.what, sent(row), row.refused) for row in rows)) + "\n"
    text += "## Dates\n\nRead, with its zone in minutes east of Greenwich, in Python's notation:\n\n"
    text += pages.table(("form", "zone"), ((f"`{form}`", east) for form, east in TAKEN_DATES))
    text += "\nNot read:\n\n" + pages.table(("form",), ((f"`{form}`",) for form in REFUSED_DATES))
    text += """
A year after 9999 is InternalError (500) at Amazon S3, and no date here; of zones by name those that were tried are known, and the
digits of other scripts aren't read.

## Parameters that are refused whoever asks

"""
    columns = ("request", "headers", "answer")

    def named(headers: dict[str, str]) -> str:
        return "; ".join(f"{name}: {value or 'empty'}" for name, value in headers.items())

    text += pages.table(columns, ((target, named(headers), refused) for target, headers, refused in PARAMETERS))
    text += f"\n## Two faults at once\n\nThe object `key` has five bytes. Of {LIST_OF_ATTRIBUTES} commas at the end are nothing.\n\n"
    text += pages.table(columns, ((target, named(headers), refused) for target, headers, refused in ORDER))
    text += "\n## Writes that are wrong about their bodies\n\n"
    text += pages.table(("request", "headers", "answer"), ((target, named(headers), refused) for target, headers, _, refused in WRITES))
    text += """
## Nobody

`GET /` leads with 307 to https://aws.amazon.com/s3/. An empty Authorization, an X-Amz-Signature without X-Amz-Algorithm and an
AWSAccessKeyId without Signature claim nothing. A bucket that isn't there is told first, but by CreateBucket. The others are 403
AccessDenied:

"""
    text += pages.table(("request", "headers", "text", "source"),
                        ((target, named(headers), message, source) for target, headers, message, source in ANONYMOUS))
    pages.check("credentials.md", text)
