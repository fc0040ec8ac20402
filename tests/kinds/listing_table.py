"""Every listing × every parameter × every kind of value: what Amazon S3 answers, and how that is known.

The bucket that is listed has the objects a/1, a/2, b and c; open uploads of u/1, u/2 and v; the upload of v has the parts
1 and 2. In values, {first}, {second} and {third} are the uploads of u/1, u/2 and v, {token} is a token of a page of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from raw import Refused, Shown

RECORDED = "recorded"
BACKLOT = "reported: brekkylab/backlot (measured 2026-09)"
UNSETTLED = "unsettled"

INT_MAX = 2147483647


@dataclass(frozen=True)
class Cell:
    operation: str
    parameter: str
    kind: str
    query: str
    """What stands in the query, or, for GetObjectAttributes, the header's value."""
    answer: Refused | Shown
    source: str

    @property
    def name(self) -> str:
        return f"{self.operation}-{self.parameter}-{self.kind}".replace(" ", "-")


def argument(message: str, name: str, value: str | None) -> Refused:
    fields = {"ArgumentName": name} | ({} if value is None else {"ArgumentValue": value})
    return Refused(400, "InvalidArgument", message, fields)


@dataclass(frozen=True)
class Number:
    """A parameter that is a number."""

    operation: str
    parameter: str
    element: str
    """That shows it; empty: none."""
    absent: int
    least: int = 0
    most: int = INT_MAX
    shown_most: int = INT_MAX
    """The element shows no more than this."""
    argument: str = ""
    out_of_range: str = ""
    value_told: bool = True
    source: str = BACKLOT
    sources: Mapping[str, str] | None = None
    """For kinds of values whose source is another."""

    def answer(self, value: int) -> Refused | Shown:
        name = self.argument or self.parameter
        if not self.least <= value <= self.most:
            message = self.out_of_range or f"Argument {name} must be an integer between {self.least} and {self.most}"
            return argument(message, name, str(value) if self.value_told else None)
        return Shown({self.element: str(min(value, self.shown_most))} if self.element else {})

    def cells(self) -> Iterator[Cell]:
        def cell(kind: str, query: str, answer: Refused | Shown) -> Cell:
            source = UNSETTLED if kind == "without a sign" else (self.sources or {}).get(kind, self.source)
            return Cell(self.operation, self.parameter, kind, query, answer, source)

        name = self.parameter
        yield cell("absent", "", self.answer(self.absent))
        yield cell("empty", f"{name}=", self.answer(self.absent))
        yield cell("without a sign", name, self.answer(self.absent))
        for kind, text, value in (
                ("zero", "0", 0), ("one", "1", 1), ("1000", "1000", 1000), ("1001", "1001", 1001),
                ("the largest", str(INT_MAX), INT_MAX), ("negative", "-1", -1), ("the smallest", "-2147483648", -2147483648),
                ("minus zero", "-0", 0), ("leading zero", "05", 5), ("minus and zero", "-01", -1),
                ("many zeros", "0" * 40 + "7", 7)):
            yield cell(kind, f"{name}={text}", self.answer(value))
        for kind, text in (("too large", "2147483648"), ("huge", "99999999999"), ("too small", "-2147483649"),
                           ("a word", "many"), ("a plus sign", "%2B5"), ("a space before", "%205"), ("a space behind", "5%20"),
                           ("a fraction", "1.0"), ("hexadecimal", "0x5")):
            value = text.replace("%2B", "+").replace("%20", " ")
            yield cell(kind, f"{name}={text}", argument(f"Provided {name} not an integer or within integer range", name, value))
        yield cell("twice", f"{name}=1&{name}=many", self.answer(1))


NUMBERS = (
    Number("ListBuckets", "max-buckets", "", 10000, least=1, most=10000),
    Number("ListObjects", "max-keys", "MaxKeys", 1000, argument="maxKeys"),
    Number("ListObjectsV2", "max-keys", "MaxKeys", 1000, argument="maxKeys"),
    Number("ListObjectVersions", "max-keys", "MaxKeys", 1000, out_of_range="max-keys cannot be negative", value_told=False,
           sources={"negative": "reported: versitygw#1809; " + BACKLOT}),
    Number("ListMultipartUploads", "max-uploads", "MaxUploads", 1000, shown_most=1000),
    Number("ListParts", "max-parts", "MaxParts", 1000, shown_most=1000, source=UNSETTLED,
           sources={"empty": RECORDED, "a word": BACKLOT, "huge": "reported: versitygw#1804",
                    "negative": "reported: versitygw#329"}),
    Number("ListParts", "part-number-marker", "PartNumberMarker", 0, source=UNSETTLED,
           sources={"empty": RECORDED, "huge": "reported: versitygw#1804", "negative": "reported: versitygw#1383"}),
)

ENCODED = ("ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads")
ALL_KEYS = ("a/1", "a/2", "b", "c")
ALL_UPLOADS = ("u/1", "u/2", "v")


def encodings() -> Iterator[Cell]:
    for operation in (*ENCODED, "ListParts"):
        settled = operation != "ListParts"

        def cell(kind: str, query: str, answer: Refused | Shown, source: str) -> Cell:
            return Cell(operation, "encoding-type", kind, query, answer, source if settled else UNSETTLED)

        def refused(value: str) -> Refused:
            return argument("Invalid Encoding Method specified in Request", "encoding-type", value)

        yield cell("absent", "", Shown({"EncodingType": None}), RECORDED)
        yield cell("empty", "encoding-type=", refused(""), RECORDED)
        yield cell("url", "encoding-type=url", Shown({"EncodingType": "url"}), RECORDED)
        yield cell("capitals", "encoding-type=URL", Shown({"EncodingType": "URL"}), BACKLOT)
        yield cell("a word", "encoding-type=value", refused("value"), RECORDED)
        yield cell("a space behind", "encoding-type=url%20", refused("url "), UNSETTLED)
        yield cell("twice", "encoding-type=url&encoding-type=value", Shown({"EncodingType": "url"}), BACKLOT)


def names() -> Iterator[Cell]:
    """prefix and delimiter."""
    for operation in ENCODED:
        first, every = ("a/", ALL_KEYS) if operation != "ListMultipartUploads" else ("u/", ALL_UPLOADS)
        group = tuple(key for key in every if key.startswith(first))
        rest = tuple(key for key in every if not key.startswith(first))
        shown_empty = {"Prefix": None if operation == "ListMultipartUploads" else ""}
        delimiter_empty = {"Delimiter": "" if operation == "ListObjectVersions" else None}

        def cell(parameter: str, kind: str, query: str, answer: Shown, source: str = BACKLOT) -> Cell:
            return Cell(operation, parameter, kind, query, answer, source)

        yield cell("prefix", "absent", "", Shown(shown_empty, every), RECORDED)
        yield cell("prefix", "empty", "prefix=", Shown(shown_empty, every))
        yield cell("prefix", "of some", f"prefix={first}", Shown({"Prefix": first}, group), "S3 API")
        yield cell("prefix", "of none", "prefix=zz", Shown({"Prefix": "zz"}, ()), "S3 API")
        yield cell("prefix", "twice", f"prefix={first}&prefix=zz", Shown({"Prefix": first}, group))
        yield cell("delimiter", "absent", "", Shown({"Delimiter": None}, every), RECORDED)
        yield cell("delimiter", "empty", "delimiter=", Shown(delimiter_empty, every))
        yield cell("delimiter", "a slash", "delimiter=/", Shown({"Delimiter": "/"}, (*rest, first)), RECORDED)
        yield cell("delimiter", "two characters", "delimiter=/1", Shown({"Delimiter": "/1"}, (
            *(key for key in every if not key.endswith("/1")), f"{first}1")), "S3 API")
        yield cell("delimiter", "in the prefix", f"delimiter=/&prefix={first}", Shown({"Prefix": first}, group), RECORDED)
        yield cell("delimiter", "in no key", "delimiter=%23", Shown({"Delimiter": "#"}, every), "S3 API")


TOKEN = "The continuation token provided is incorrect"
V2_ONLY = "{} only supported in REST.GET.BUCKET with list-type=2"
V1_MARKER = "Marker unsupported with REST.GET.BUCKET in list-type=2"


def object_markers() -> Iterator[Cell]:
    def v1(parameter: str, kind: str, query: str, answer: Refused | Shown, source: str = BACKLOT) -> Cell:
        return Cell("ListObjects", parameter, kind, query, answer, source)

    def v2(parameter: str, kind: str, query: str, answer: Refused | Shown, source: str = BACKLOT) -> Cell:
        return Cell("ListObjectsV2", parameter, kind, query, answer, source)

    yield v1("marker", "absent", "", Shown({"Marker": ""}, ALL_KEYS), RECORDED)
    yield v1("marker", "empty", "marker=", Shown({"Marker": ""}, ALL_KEYS))
    yield v1("marker", "a key", "marker=b", Shown({"Marker": "b"}, ("c",)), RECORDED)
    yield v1("marker", "no key", "marker=bb", Shown({"Marker": "bb"}, ("c",)), "S3 API")
    yield v1("marker", "beyond", "marker=zz", Shown({"Marker": "zz", "IsTruncated": "false"}, ()), "S3 API")
    yield v1("marker", "a common prefix", "delimiter=/&marker=a/", Shown({"Marker": "a/"}, ("b", "c")))
    yield v1("marker", "within a common prefix", "delimiter=/&marker=a/1", Shown({"Marker": "a/1"}, ("b", "c")))
    yield v1("marker", "before the prefix", "prefix=b&marker=a", Shown({"Marker": "a"}, ("b",)), "S3 API")
    yield v1("marker", "twice", "marker=b&marker=zz", Shown({"Marker": "b"}, ("c",)))
    yield v1("NextMarker", "with a delimiter", "delimiter=/&max-keys=1",
             Shown({"NextMarker": "a/", "IsTruncated": "true"}, ("a/",)))
    yield v1("NextMarker", "without a delimiter", "max-keys=1", Shown({"NextMarker": None, "IsTruncated": "true"}, ("a/1",)),
             RECORDED)
    yield v1("continuation-token", "empty", "continuation-token=",
             argument(V2_ONLY.format("continuation-token"), "continuation-token", None))
    yield v1("continuation-token", "a word", "continuation-token=x",
             argument(V2_ONLY.format("continuation-token"), "continuation-token", None))
    yield v1("start-after", "empty", "start-after=", argument(V2_ONLY.format("startAfter"), "start-after", None))
    yield v1("start-after", "a key", "start-after=b", argument(V2_ONLY.format("startAfter"), "start-after", None),
             "reported: versitygw#2004")
    yield v1("start-after", "beside a token", "start-after=b&continuation-token=x",
             argument(V2_ONLY.format("continuation-token"), "continuation-token", None))
    yield v1("fetch-owner", "false", "fetch-owner=false", Shown({}, ALL_KEYS))
    for kind, value in (("absent", ""), ("1", "list-type=1"), ("0", "list-type=0"), ("a word", "list-type=bogus"),
                        ("empty", "list-type="), ("twice", "list-type=1&list-type=2")):
        yield v1("list-type", kind, value, Shown({"Marker": "", "KeyCount": None}, ALL_KEYS),
                 UNSETTLED if kind == "empty" else BACKLOT)
    yield Cell("ListObjects", "list-type", "2", "list-type=2&list-type=1", Shown({"Marker": None, "KeyCount": "4"}), BACKLOT)

    yield v2("marker", "empty", "marker=", argument(V1_MARKER, "marker", None))
    yield v2("marker", "a key", "marker=b", argument(V1_MARKER, "marker", None))
    yield v2("continuation-token", "absent", "", Shown({"ContinuationToken": None}, ALL_KEYS), RECORDED)
    yield v2("continuation-token", "empty", "continuation-token=", argument(TOKEN, "continuation-token", None))
    yield v2("continuation-token", "a word", "continuation-token=garbage", argument(TOKEN, "continuation-token", None))
    yield v2("continuation-token", "of the page before", "continuation-token={token}", Shown({}, ("a/2", "b", "c")), RECORDED)
    yield v2("continuation-token", "beside start-after", "continuation-token={token}&start-after=c",
             Shown({"StartAfter": None}, ("a/2", "b", "c")), RECORDED)
    yield v2("start-after", "absent", "", Shown({"StartAfter": None}, ALL_KEYS), RECORDED)
    yield v2("start-after", "empty", "start-after=", Shown({"StartAfter": ""}, ALL_KEYS))
    yield v2("start-after", "a key", "start-after=a/2", Shown({"StartAfter": "a/2"}, ("b", "c")), RECORDED)
    yield v2("start-after", "encoded", "start-after=a%2F2&encoding-type=url", Shown({"StartAfter": "a/2"}, ("b", "c")), RECORDED)
    yield v2("start-after", "percent signs in it", "start-after=a%252F2", Shown({"StartAfter": "a%2F2"}, ALL_KEYS), RECORDED)
    yield v2("start-after", "beyond", "start-after=zz", Shown({"IsTruncated": "false", "KeyCount": "0"}, ()), "S3 API")
    yield v2("start-after", "within a common prefix", "delimiter=/&start-after=a/1", Shown({}, ("b", "c")), UNSETTLED)
    for value, owner in (("", False), ("false", False), ("true", True), ("TRUE", True), ("1", False), ("bogus", False)):
        yield v2("fetch-owner", value or "empty", f"fetch-owner={value}", Shown({"Contents/" + "Owner": "" if owner else None}))


def version_markers() -> Iterator[Cell]:
    def cell(parameter: str, kind: str, query: str, answer: Refused | Shown, source: str = BACKLOT) -> Cell:
        return Cell("ListObjectVersions", parameter, kind, query, answer, source)

    alone = "A version-id marker cannot be specified without a key marker."
    malformed = "Invalid version id specified"
    yield cell("key-marker", "absent", "", Shown({"KeyMarker": "", "VersionIdMarker": ""}, ALL_KEYS), RECORDED)
    yield cell("key-marker", "empty", "key-marker=", Shown({"KeyMarker": ""}, ALL_KEYS))
    yield cell("key-marker", "a key", "key-marker=b", Shown({"KeyMarker": "b"}, ("c",)))
    yield cell("key-marker", "within a common prefix", "delimiter=/&key-marker=a/1", Shown({}, ("b", "c")))
    yield cell("key-marker", "beyond", "key-marker=zz", Shown({"IsTruncated": "false"}, ()), "S3 API")
    yield cell("version-id-marker", "without key-marker", "version-id-marker=null", argument(alone, "version-id-marker", "null"))
    yield cell("version-id-marker", "empty, without key-marker", "version-id-marker=",
               argument(alone, "version-id-marker", ""))
    yield cell("version-id-marker", "empty", "key-marker=b&version-id-marker=",
               argument("A version-id marker cannot be empty.", "version-id-marker", ""))
    yield cell("version-id-marker", "null", "key-marker=b&version-id-marker=null",
               Shown({"KeyMarker": "b", "VersionIdMarker": "null"}, ("c",)))
    yield cell("version-id-marker", "null behind an empty key", "key-marker=&version-id-marker=null", Shown({}, ()))
    yield cell("version-id-marker", "capitals", "key-marker=b&version-id-marker=NULL",
               argument(malformed, "version-id-marker", "NULL"))
    yield cell("version-id-marker", "a word", "key-marker=b&version-id-marker=x", argument(malformed, "version-id-marker", "x"))
    yield cell("NextKeyMarker", "behind a key", "max-keys=1", Shown({"NextKeyMarker": "a/1", "NextVersionIdMarker": "null"}))
    yield cell("NextKeyMarker", "behind a common prefix", "max-keys=1&delimiter=/",
               Shown({"NextKeyMarker": "a/", "NextVersionIdMarker": None}))


def upload_markers() -> Iterator[Cell]:
    def cell(parameter: str, kind: str, query: str, answer: Refused | Shown, source: str = RECORDED) -> Cell:
        return Cell("ListMultipartUploads", parameter, kind, query, answer, source)

    wrong = "Invalid uploadId marker"
    none = {"NextKeyMarker": "", "NextUploadIdMarker": ""}
    yield cell("key-marker", "absent", "", Shown({"KeyMarker": "", "UploadIdMarker": "", "NextKeyMarker": "v",
                                                  "NextUploadIdMarker": "{third}"}, ALL_UPLOADS))
    yield cell("key-marker", "empty", "key-marker=", Shown({"KeyMarker": ""}, ALL_UPLOADS))
    yield cell("key-marker", "a key", "key-marker=u/1", Shown({"KeyMarker": "u/1"}, ("u/2", "v")))
    yield cell("key-marker", "the last", "key-marker=v", Shown({"KeyMarker": "v", "IsTruncated": "false", **none}, ()))
    yield cell("key-marker", "a common prefix", "delimiter=/&key-marker=u/", Shown({"KeyMarker": "u/"}, ("v",)))
    yield cell("key-marker", "within a common prefix", "delimiter=/&key-marker=u/1", Shown({"KeyMarker": "u/1"}, ("v",)))
    yield cell("upload-id-marker", "alone", "upload-id-marker={first}", Shown({"UploadIdMarker": ""}, ALL_UPLOADS))
    yield cell("upload-id-marker", "a word, alone", "upload-id-marker=x", Shown({"UploadIdMarker": ""}, ALL_UPLOADS), BACKLOT)
    yield cell("upload-id-marker", "of the key", "key-marker=u/1&upload-id-marker={first}",
               Shown({"KeyMarker": "u/1", "UploadIdMarker": "{first}"}, ("u/2", "v")))
    yield cell("upload-id-marker", "of another key", "key-marker=v&upload-id-marker={first}",
               argument(wrong, "upload-id-marker", "{first}"))
    yield cell("upload-id-marker", "a word", "key-marker=v&upload-id-marker=x", argument(wrong, "upload-id-marker", "x"), BACKLOT)
    yield cell("upload-id-marker", "empty", "key-marker=u/1&upload-id-marker=", Shown({"UploadIdMarker": ""}, ("u/2", "v")),
               UNSETTLED)
    yield cell("next markers", "behind an upload", "max-uploads=1",
               Shown({"IsTruncated": "true", "NextKeyMarker": "u/1", "NextUploadIdMarker": "{first}"}, ("u/1",)))
    yield cell("next markers", "behind a common prefix", "max-uploads=1&delimiter=/",
               Shown({"IsTruncated": "true", **none}, ("u/",)))


def bucket_parameters() -> Iterator[Cell]:
    def cell(parameter: str, kind: str, query: str, answer: Refused | Shown, source: str = BACKLOT) -> Cell:
        return Cell("ListBuckets", parameter, kind, query, answer, source)

    elsewhere = "Requests with bucket-region specified must be made to the corresponding regional endpoint"

    def no_region(value: str) -> Refused:
        return argument(f"Argument value {value} is not a valid AWS Region", "bucket-region", None)

    yield cell("continuation-token", "empty", "continuation-token=", Shown(), RECORDED)
    yield cell("continuation-token", "a word", "continuation-token=garbage", argument(TOKEN, "continuation-token", None))
    yield cell("prefix", "absent", "", Shown({"Prefix": None}), RECORDED)
    yield cell("prefix", "empty", "prefix=", Shown({"Prefix": ""}))
    yield cell("prefix", "of none", "prefix=zz-none", Shown({"Prefix": "zz-none", "Buckets": ""}))
    yield cell("bucket-region", "the endpoint's", "bucket-region=us-east-1", Shown())
    yield cell("bucket-region", "in capitals", "bucket-region=US-EAST-1", Shown())
    yield cell("bucket-region", "another", "bucket-region=eu-west-1", argument(elsewhere, "bucket-region", None))
    yield cell("bucket-region", "none", "bucket-region=us-east-9", no_region("us-east-9"))
    yield cell("bucket-region", "empty", "bucket-region=", no_region(""))
    yield cell("bucket-region", "a space behind", "bucket-region=us-east-1%20", no_region("us-east-1 "))


def attributes() -> Iterator[Cell]:
    """Of GetObjectAttributes, in headers."""
    for kind, value in (("absent", ""), ("zero", "0"), ("one", "1"), ("1001", "1001"), ("negative", "-1"), ("a word", "many"),
                        ("huge", "99999999999"), ("a plus sign", "+5")):
        yield Cell("GetObjectAttributes", "x-amz-max-parts", kind, value, Shown(),
                   "reported: versitygw#1806" if kind in ("negative", "a word", "huge") else
                   "S3 API" if kind in ("absent", "one") else UNSETTLED)


CELLS: tuple[Cell, ...] = (
    *(cell for number in NUMBERS for cell in number.cells()), *encodings(), *names(), *object_markers(), *version_markers(),
    *upload_markers(), *bucket_parameters(), *attributes())

EARLY = (  # refused before the bucket is looked for, where {bucket} is none
    ("/{bucket}?max-keys=many", BACKLOT), ("/{bucket}?list-type=2&max-keys=99999999999", BACKLOT),
    ("/{bucket}?list-type=2&marker=", BACKLOT), ("/{bucket}?start-after=", BACKLOT), ("/{bucket}?versions&max-keys=x", BACKLOT),
    ("/{bucket}?versions&version-id-marker=null", BACKLOT), ("/{bucket}?uploads&max-uploads=x", BACKLOT),
    ("/{bucket}/key?uploadId=x&max-parts=abc", BACKLOT))
LATE = (  # of which NoSuchBucket is told
    ("/{bucket}?max-keys=-1", BACKLOT), ("/{bucket}?encoding-type=x", BACKLOT),
    ("/{bucket}?list-type=2&continuation-token=", BACKLOT), ("/{bucket}?list-type=2&continuation-token=x", BACKLOT),
    ("/{bucket}?versions&max-keys=-1", BACKLOT), ("/{bucket}?versions&encoding-type=x", BACKLOT),
    ("/{bucket}?versions&key-marker=b&version-id-marker=x", BACKLOT), ("/{bucket}?uploads&max-uploads=-1", BACKLOT),
    ("/{bucket}?uploads&encoding-type=x", BACKLOT), ("/{bucket}?uploads&key-marker=a&upload-id-marker=x", BACKLOT),
    ("/{bucket}/key?uploadId=x&max-parts=-1", BACKLOT))
ORDERS = (  # of two faults, the message of the one that is told
    ("list-type=2&max-keys=many&marker=", "Provided max-keys not an integer or within integer range", BACKLOT),
    ("list-type=2&continuation-token=x&encoding-type=x", "Invalid Encoding Method specified in Request", BACKLOT),
    ("list-type=2&continuation-token=x&max-keys=-1", TOKEN, BACKLOT),
    ("encoding-type=x&max-keys=-1", "Invalid Encoding Method specified in Request", BACKLOT),
    ("versions&key-marker=b&version-id-marker=x&encoding-type=x", "Invalid version id specified", BACKLOT),
    ("versions&encoding-type=x&max-keys=-1", "Invalid Encoding Method specified in Request", BACKLOT),
    ("uploads&encoding-type=x&max-uploads=-1", "Invalid Encoding Method specified in Request", BACKLOT),
    ("uploads&max-uploads=-1&key-marker=a&upload-id-marker=x", "Argument max-uploads must be an integer between 0 and 2147483647",
     BACKLOT))
