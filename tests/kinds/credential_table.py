"""Requests whose signature can't be right, and what is told of them first.

Source of every row: brekkylab/backlot, whose authors sent such requests to Amazon S3 in us-east-1 on 2026-09-29.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from raw import Refused

MEASURED = "reported: brekkylab/backlot (measured 2026-09)"
KEY = "test"
UNKNOWN = "AKIAIOSFODNN7EXAMPLE"
NOBODY = "AKIAIOSFODNN7NOBODY"


def _at(minutes: int, form: str) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)).strftime(form)


def amz(minutes: int = 0) -> str:
    return _at(minutes, "%Y%m%dT%H%M%SZ")


def http(minutes: int = 0) -> str:
    return _at(minutes, "%a, %d %b %Y %H:%M:%S GMT")


@dataclass(frozen=True)
class Wrong:
    what: str
    refused: Refused
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    """Values of headers and query: {now} and {half an hour ago} are dates of Signature V4, {date} and {old date} of HTTP, {day}
    the day of both, {an hour on} and {10 hours ago} dates of V4."""


def v4(key: str = UNKNOWN, day: str = "{day}", region: str = "us-east-1", service: str = "s3", end: str = "aws4_request",
       signed: str = "host;x-amz-date") -> str:
    return f"AWS4-HMAC-SHA256 Credential={key}/{day}/{region}/{service}/{end}, SignedHeaders={signed}, Signature=00"


def url(date: str = "{now}", expires: str = "3600", key: str = KEY, day: str = "{day}", region: str = "us-east-1",
        service: str = "s3", credential: str | None = None) -> dict[str, str]:
    return {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": credential or f"{key}/{day}/{region}/{service}/aws4_request",
            "X-Amz-Date": date, "X-Amz-Expires": expires, "X-Amz-SignedHeaders": "host", "X-Amz-Signature": "00"}


def v2_url(expires: str, key: str = UNKNOWN) -> dict[str, str]:
    return {"Signature": "abc", "AWSAccessKeyId": key, "Expires": expires}


def authorization(message: str, value: str | None) -> Refused:
    fields = {"ArgumentName": "Authorization"} | ({} if value is None else {"ArgumentValue": value})
    return Refused(400, "InvalidArgument", message, fields)


def of_header(text: str) -> Refused:
    return Refused(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; " + text)


def of_query(text: str) -> Refused:
    return Refused(400, "AuthorizationQueryParametersError", text)


def of_credential(text: str) -> Refused:
    return of_query("Error parsing the X-Amz-Credential parameter; " + text)


def not_signed(names: str) -> Refused:
    return Refused(403, "AccessDenied", "There were headers present in the request which were not signed",
                   {"HeadersNotSigned": names})


SEVERAL = ("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the "
           "Authorization header should be specified")
ONE_SPACE = "Authorization header is invalid -- one and only one ' ' (space) required"
NO_DATE = Refused(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
SKEWED = Refused(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
                 {"RequestTime": "{half an hour ago}", "ServerTime": "{any}", "MaxAllowedSkewMilliseconds": "900000"})
OLD_DATE = Refused(SKEWED.status, SKEWED.code, SKEWED.message, {**SKEWED.fields, "RequestTime": "{old date}"})
UNKNOWN_KEY = Refused(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.",
                      {"AWSAccessKeyId": UNKNOWN})
COMPONENTS = of_header("the authorization header requires three components: Credential, SignedHeaders, and Signature.")
SHAPE = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
SERVICE = 'incorrect service "ec2". This endpoint belongs to "s3".'
OTHER_DAY = of_header("Invalid credential date. Date is not the same as X-Amz-Date.")
NO_REGION = "a non-empty region must be provided in the credential."
V2_FORM = "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"
EXPIRED = Refused(403, "AccessDenied", "Request has expired", {"X-Amz-Expires": "60", "Expires": "{any}", "ServerTime": "{any}"})
V2_EXPIRED = Refused(403, "AccessDenied", "Request has expired", {"Expires": "1969-12-31T23:59:59Z", "ServerTime": "{any}"})
V2_PARAMETERS = Refused(403, "AccessDenied",
                        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
NO_HASH = Refused(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
NO_NUMBER = of_query("X-Amz-Expires should be a number")
WEEK = of_query("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 "
                "seconds")
NONE = {"x-amz-content-sha256": ""}


def no_day(value: str) -> str:
    return f'incorrect date format "{value}". This date in the credential must be in the format "yyyyMMdd".'


def bad_hash(value: str) -> Refused:
    return Refused(400, "InvalidArgument", None, {"ArgumentName": "x-amz-content-sha256", "ArgumentValue": value})


def now(value: str, date: str = "{now}") -> dict[str, str]:
    return {"Authorization": value, "x-amz-date": date}


def v2(value: str, date: str = "{date}") -> dict[str, str]:
    return {"Authorization": value, "Date": date}


GARBAGE = f"AWS4-HMAC-SHA256 Credential={KEY}/garbage, SignedHeaders=host, Signature=00"
SCOPED = "AWS4-HMAC-SHA256 nonsense"

MECHANISMS = (
    Wrong("a header and a query of V4", authorization(SEVERAL, "Bearer abc"), {"Authorization": "Bearer abc"},
          {"X-Amz-Algorithm": "bogus"}),
    Wrong("an empty header and a presigned query", authorization(SEVERAL, ""), {"Authorization": ""}, url()),
    Wrong("an empty header and a query of V2", authorization(SEVERAL, ""), {"Authorization": ""}, v2_url("9999999999")),
    Wrong("a header of V2 and a query of V2", authorization(SEVERAL, f"AWS {KEY}:abc"), v2(f"AWS {KEY}:abc"), {"Signature": "abc"}),
    Wrong("queries of both versions", authorization(SEVERAL, None), {}, {**v2_url("9999999999"), "X-Amz-Algorithm": "x"}),
    Wrong("one word", authorization(ONE_SPACE, "AWS4-HMAC-SHA512"), {"Authorization": "AWS4-HMAC-SHA512"}),
    Wrong("two spaces in V2", authorization(ONE_SPACE, f"AWS  {KEY}:abc"), v2(f"AWS  {KEY}:abc")),
    Wrong("another scheme", authorization("Unsupported Authorization Type", "AWS4-HMAC-SHA512 Credential=x"),
          {"Authorization": "AWS4-HMAC-SHA512 Credential=x"}),
)

HEADERS = (
    Wrong("no payload hash, no date", NO_HASH, {**NONE, "Authorization": v4()}),
    Wrong("no payload hash, nonsense", NO_HASH, {**NONE, "Authorization": SCOPED}),
    *(Wrong(f"the payload hash {value[:20]}", bad_hash(value), {**now(v4(KEY)), "x-amz-content-sha256": value})
      for value in ("garbage", "unsigned-payload", "a" * 63, "a" * 65, "g" * 64)),
    Wrong("a payload hash of nonsense, an old date", bad_hash("garbage"),
          {**now(v4(KEY), "{half an hour ago}"), "x-amz-content-sha256": "garbage"}),
    Wrong("no date, nonsense", NO_DATE, {"Authorization": SCOPED}),
    Wrong("a date that is none", NO_DATE, now(v4(), "garbage")),
    Wrong("an empty x-amz-date and a Date", NO_DATE, {**now(v4(), ""), "Date": "{date}"}),
    Wrong("an old date, an unknown key", SKEWED, now(v4(day="{old day}"), "{half an hour ago}")),
    Wrong("an old date, nonsense", SKEWED, now(SCOPED, "{half an hour ago}")),
    Wrong("an old date, no credential", SKEWED, now(GARBAGE, "{half an hour ago}")),
    Wrong("an old Date", OLD_DATE, {"Authorization": v4(), "Date": "{old date}"}),
    Wrong("nonsense", COMPONENTS, now(SCOPED)),
    Wrong("no credential", of_header(SHAPE), now(GARBAGE)),
    *(Wrong(f"the day {value or 'of nothing'}", of_header(no_day(value)), now(v4(KEY, value)))
      for value in ("", "2026", "20261329", "20260230", "2026090", "20260900", "2026929", "202609291", "2026-09-29", "+2026092",
                    "2026O929")),
    *(Wrong(f"the day {value}, which is another", OTHER_DAY, now(v4(KEY, value))) for value in ("2026092", "20200101", "{day}x")),
    Wrong("no day, no region", of_header(no_day("")), now(v4(KEY, "", ""))),
    Wrong("no region", of_header(NO_REGION), now(v4(KEY, region=""))),
    Wrong("another service", of_header(SERVICE), now(v4(service="ec2"))),
    Wrong("another end", of_header('incorrect terminal "aws5_request". This endpoint uses "aws4_request".'),
          now(v4(KEY, end="aws5_request"))),
    Wrong("another day, a header that isn't signed", OTHER_DAY, {**now(v4(KEY, "20200101")), "x-amz-meta-foo": "bar"}),
    Wrong("a header that isn't signed", not_signed("x-amz-meta-foo"), {**now(v4()), "x-amz-meta-foo": "bar"}),
    Wrong("Content-MD5 that isn't signed", not_signed("content-md5"), {**now(v4()), "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}),
    Wrong("Host that isn't signed", not_signed("host"), now(v4(signed="x-amz-date"))),
    Wrong("x-amz-date that isn't signed", not_signed("x-amz-date"), now(v4(signed="host"))),
    *(Wrong("several that aren't signed: " + told, not_signed(told), {**now(v4(signed="x-amz-date;host")), **dict.fromkeys(names, "v")})
      for told, names in (
          ("x-amz-meta-a, x-amz-meta-b", ("x-amz-meta-b", "x-amz-meta-a")), ("x-amz-z, x-amz-a", ("x-amz-z", "x-amz-a")),
          ("x-amz-meta-a, x-amz-checksum-mode, x-amz-acl", ("x-amz-checksum-mode", "x-amz-meta-a", "x-amz-acl")),
          ("x-amz-meta-a2, x-amz-z", ("x-amz-z", "x-amz-meta-a2")),
          ("x-amz-meta-k2, x-amz-meta-k1, x-amz-meta-k0, x-amz-meta-k6, x-amz-meta-k5, x-amz-meta-k4, x-amz-meta-k3, "
           "x-amz-meta-k9, x-amz-meta-k12, x-amz-meta-k8, x-amz-meta-k7, x-amz-meta-k10, x-amz-meta-k11",
           tuple(f"x-amz-meta-k{number}" for number in range(13))))),
    Wrong("headers that need no signature", UNKNOWN_KEY,
          {**now(v4()), "Content-Type": "text/plain", "Range": "bytes=0-1", "Date": "{date}", "If-None-Match": '"x"'}),
    Wrong("a scheme in small letters", UNKNOWN_KEY, now(v4().replace("AWS4-HMAC-SHA256", "aws4-hmac-sha256"))),
)

OF_V2 = (
    *(Wrong(what, authorization(V2_FORM, value), v2(value)) for what, value in (
        ("no colon", "AWS garbage"), ("no signature", f"AWS {KEY}:"), ("two colons", f"AWS {KEY}:a:b"))),
    Wrong("no colon, no date", authorization(V2_FORM, "AWS garbage"), {"Authorization": "AWS garbage"}),
    Wrong("no date, no key", NO_DATE, {"Authorization": "AWS :abc"}),
    Wrong("an x-amz-date that is none and a Date", NO_DATE, {**v2(f"AWS {UNKNOWN}:abc"), "x-amz-date": "garbage"}),
    Wrong("an old date, an unknown key", OLD_DATE, v2(f"AWS {UNKNOWN}:abc", "{old date}")),
    Wrong("an unknown key", UNKNOWN_KEY, v2(f"AWS {UNKNOWN}:abc")),
)

URLS = (
    Wrong("another algorithm alone", of_query('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'), {},
          {"X-Amz-Algorithm": "AWS4-HMAC-SHA512", "X-Amz-Signature": "00"}),
    Wrong("a date that is none, an age that is none",
          of_query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""), {}, url("garbage", "abc")),
    *(Wrong(f"the age '{value}'", NO_NUMBER, {}, url(expires=value))
      for value in (" 300", "300 ", "3e2", "0x12c", "300.0", "", "-", "+", "9223372036854775808")),
    Wrong("an age below 0, not valid yet", of_query("X-Amz-Expires must be non-negative"), {}, url("{an hour on}", "-1")),
    Wrong("an age of more than a week, expired", WEEK, {}, url("{10 hours ago}", "604801")),
    *(Wrong(f"the age '{value}', an unknown key", UNKNOWN_KEY, {}, url(expires=value, key=UNKNOWN))
      for value in ("+300", "0300", "0" * 40 + "300")),
    Wrong("expired, no credential", EXPIRED, {}, url("{10 hours ago}", "60", credential="garbage")),
    Wrong("expired, a header that isn't signed", EXPIRED, {"x-amz-meta-foo": "bar"}, url("{10 hours ago}", "60")),
    Wrong("no credential", of_credential(SHAPE), {}, url(credential="garbage")),
    Wrong("a day that is none", of_credential(no_day("2026")), {}, url(day="2026")),
    Wrong("no region", of_credential(NO_REGION), {}, url(region="")),
    Wrong("another service, another day", of_credential(SERVICE), {}, url(service="ec2", day="20200101")),
    Wrong("another day", of_query('Invalid credential date "20200101". This date is not the same as X-Amz-Date: "{day}".'), {},
          url(key=UNKNOWN, day="20200101")),
    Wrong("a header that isn't signed", not_signed("x-amz-meta-foo"), {"x-amz-meta-foo": "bar"}, url(key=UNKNOWN)),
    Wrong("an unknown key", UNKNOWN_KEY, {}, url(key=UNKNOWN)),
    Wrong("V2 without Expires", V2_PARAMETERS, {}, {"Signature": "abc", "AWSAccessKeyId": UNKNOWN}),
    Wrong("V2 without a key", V2_PARAMETERS, {}, {"Signature": "abc", "Expires": "2147483647"}),
    *(Wrong(f"V2 that expires at '{value}'",
            Refused(403, "AccessDenied", "Invalid date (should be seconds since epoch): " + value), {}, v2_url(value))
      for value in ("garbage", "2147483648", "1e9", " 1", "-9223372036854775809")),
    Wrong("V2 that expired, an unknown key", V2_EXPIRED, {}, v2_url("-1")),
    Wrong("V2 that expires at '+2147483647'", UNKNOWN_KEY, {}, v2_url("+2147483647")),
)

TAKEN_DATES = (
    ("%a, %d %b %Y %H:%M:%S GMT", 0), ("%a, %d %b %Y %H:%M:%S -0000", 0), ("%a, %d %b %Y %H:%M:%S UTC", 0),
    ("%a, %d %b %Y %H:%M:%S +0900", 540), ("%a, %d %b %Y %H:%M:%S +0930", 570), ("%a, %d %b %Y %H:%M:%S GMT+09:00", 540),
    ("%a, %d %b %Y %H:%M:%S GMT+0:00", 0), ("%a, %d %b %Y %H:%M:%S EST", -300), ("%a, %d %b %Y %H:%M:%S IST", 120),
    ("%a, %d %b %Y %H:%M:%S pst", -480), ("%a %b %d %H:%M:%S %Y", 0), ("%a %b %d %H:%M:%S  %Y", 0),
    ("%A, %d-%b-%y %H:%M:%S +0000", 0), ("%a, %d-%b-%y %H:%M:%S GMT", 0), ("%A, %d-%b-%Y %H:%M:%S GMT", 0),
    ("%A, %d %b %Y %H:%M:%S GMT", 0), ("%a, %d %B %Y %H:%M:%S GMT", 0), ("%a,  %d %b %Y %H:%M:%S GMT", 0),
    ("%a, %d %b 0%Y %H:%M:%S GMT", 0), ("%a, %d %b %Y %H:%M:%S  GMT", 0), ("%Y%m%dT%H%M%SZ", 0),
)
"""Forms of a Date, and the minutes that its zone is east of Greenwich."""

REFUSED_DATES = (
    "%a, %d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S Z", "%a, %d %b %Y %H:%M:%S UT", "%d %b %Y %H:%M:%S GMT",
    "%a, %d %b %Y %H:%M:%S GMT+9", "%a, %d %b %Y %H:%M:%S GMT+0900", "%a, %d %b %Y %H:%M:%S +09:00",
    "%a, %d %b %Y %H:%M:%S GMT xyz", "%a %b %d %H:%M:%S %Y GMT", "%Y-%m-%dT%H:%M:%SZ", "Xyz, %d %b %Y %H:%M:%S GMT",
    "%a, %d %m %Y %H:%M:%S GMT", "%a , %d %b %Y %H:%M:%S GMT", "%a,%d %b %Y %H:%M:%S GMT", "%a, %d %b %y %H:%M:%S GMT",
    "%a, %d %b %Y %H:%M GMT", "%a  %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S +000", "%a, %d %b %Y %H:%M:%S +2400",
    "%a, %d %b %Y %H:%M:%S +0060", "%a, %d %b 1969 %H:%M:%S GMT", "%A, %d-%b-026 %H:%M:%S GMT",
)
