"""The documents, forms and values that random requests are made of: right ones, and what is done to them."""

from __future__ import annotations

import random
import re

NUMBERS = ["0", "1", "2", "-1", "5", "999", "1000", "1001", "10000", "10001", "2147483647", "2147483648", "4294967296",
           "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "9" * 40, "",
           "+1", "0x10", " 1", "1 ", "1e3", "00001", "1.5", "1,2", "NaN", "\xd9\xa1"]
TEXTS = ["", "a", "null", "true", "STANDARD", "*", "%", "%zz", "\x7f", "\xff", "\xc3\xa9", "a" * 300, "a" * 1025, "../x",
         "/", "//", ".", "..", "\n", "\r\nX-A: b", "\0", "+", " ", "&", "=", "<", "\"", "'", "\xf0\x9f\x92\xa9", "\xef\xbf\xbe",
         "\xed\xa0\x80", "a/b/c", "a\\b", ";", ",", "{}", "${filename}", "=?UTF-8?B?4pi6?=", "=?UTF-8?Q?=E2=98?=", "\t"]
TIMES = ["2026-11-30T00:00:00Z", "2099-01-01T00:00:00.000Z", "Mon, 30 Nov 2026 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
         "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "99999-01-01T00:00:00Z", "Fri, 31 Feb 2026 25:61:61 GMT", "20261130T000000Z"]
ETAGS = ['"d41d8cd98f00b204e9800998ecf8427e"', "*", '"', '""', 'W/"a"', "a,b", '"a", "b"', '"' + "0" * 32 + '-3"', "d41d8cd98f00b204e9800998ecf8427e"]

OWNER = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
GRANT = ('<AccessControlPolicy><Owner><ID>{owner}</ID></Owner><AccessControlList><Grant><Grantee '
         'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{kind}"><ID>{owner}</ID><URI>http://acs.amazonaws.com/'
         'groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>')
TAGS = "<Tagging><TagSet><Tag><Key>{text}</Key><Value>{text}</Value></Tag><Tag><Key>b</Key><Value/></Tag></TagSet></Tagging>"

DOCUMENTS: list[tuple[str, str, list[str], str]] = [
    ("PUT", "bucket", [], "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"),
    ("PUT", "bucket", ["accelerate"], "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"),
    ("PUT", "bucket", ["acl"], GRANT),
    ("PUT", "bucket", ["cors"], "<CORSConfiguration><CORSRule><ID>{text}</ID><AllowedMethod>PUT</AllowedMethod><AllowedOrigin>http://*.a"
     "</AllowedOrigin><AllowedHeader>x-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>{number}</MaxAgeSeconds></CORSRule>"
     "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"),
    ("PUT", "bucket", ["encryption"], "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
     "</SSEAlgorithm><KMSMasterKeyID>{text}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled>"
     "</Rule></ServerSideEncryptionConfiguration>"),
    ("PUT", "bucket", ["lifecycle"], "<LifecycleConfiguration><Rule><ID>{text}</ID><Filter><And><Prefix>{text}</Prefix><Tag><Key>a</Key>"
     "<Value>b</Value></Tag><ObjectSizeGreaterThan>{number}</ObjectSizeGreaterThan></And></Filter><Status>Enabled</Status><Expiration><Days>"
     "{number}</Days></Expiration><Transition><Date>{time}</Date><StorageClass>GLACIER</StorageClass></Transition>"
     "<NoncurrentVersionExpiration><NoncurrentDays>{number}</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions>"
     "</NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>{number}</DaysAfterInitiation>"
     "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>"),
    ("PUT", "bucket", ["ownershipControls"], "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>"),
    ("PUT", "bucket", ["requestPayment"], "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"),
    ("PUT", "bucket", ["tagging"], TAGS),
    ("PUT", "bucket", ["versioning"], "<VersioningConfiguration><Status>{versioning}</Status></VersioningConfiguration>"),
    ("PUT", "bucket", ["publicAccessBlock"], "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>{text}"
     "</IgnorePublicAcls></PublicAccessBlockConfiguration>"),
    ("POST", "bucket", ["delete"], "<Delete><Object><Key>{key}</Key></Object><Object><Key>{key}</Key><VersionId>{version}</VersionId><ETag>{etag}"
     "</ETag><Size>{number}</Size><LastModifiedTime>{time}</LastModifiedTime></Object><Quiet>false</Quiet></Delete>"),
    ("PUT", "object", ["tagging"], TAGS),
    ("PUT", "object", ["acl"], GRANT),
    ("PUT", "object", ["legal-hold"], "<LegalHold><Status>ON</Status></LegalHold>"),
    ("PUT", "object", ["retention"], "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{time}</RetainUntilDate></Retention>"),
    ("POST", "object", ["restore"], "<RestoreRequest><Days>{number}</Days><GlacierJobParameters><Tier>Standard</Tier></GlacierJobParameters></RestoreRequest>"),
    ("POST", "object", ["uploadId"], "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part><Part><PartNumber>{number}"
     "</PartNumber><ETag>{etag}</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>"),
    ("POST", "object", ["uploadId"], "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"),
]
"""Method, what it is about, what the query names, and a right document but for the fields in braces."""

DECORATIONS = [b"", b"", b"", b'<?xml version="1.0" encoding="UTF-8"?>', b'<?xml version="1.0" encoding="UTF-16"?>', b"\xef\xbb\xbf", b"\xff\xfe",
               b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<!-- -->", b"\n \t", b"<?a b?>", b"\0"]
PIECES = [b"<a>", b"</a>", b"<a/>", b"<![CDATA[x]]>", b"<!-- x -->", b"&amp;", b"&#65;", b"&#0;", b"&#x110000;", b"&b;", b"&", b"<", b">",
          b"]]>", b"<?a?>", b"<a b='c'>", b"<a b='c' b='d'/>", b"<a:b xmlns:a='c'/>", b"\xff", b" " * 5000, b"<a>" * 40, b"&#32;" * 900]


def document_of(random: random.Random, template: str, known: dict[str, list[str]]) -> bytes:
    """The template with values, half the time changed a little."""
    values = {"owner": random.choice([OWNER] * 4 + [random.choice(TEXTS)]), "text": random.choice(["a"] * 5 + [random.choice(TEXTS)]), "number": random.choice(["1", "3", "30", "365", random.choice(NUMBERS)]),
              "time": random.choice([TIMES[0], random.choice(TIMES)]), "etag": random.choice(known["etag"] + ETAGS), "key": random.choice(known["key"]),
              "version": random.choice(known["version"] + ["null"]), "kind": random.choice(["CanonicalUser", "Group", "x"]),
              "region": random.choice(["eu-west-1", "us-west-2", "EU", "", "nowhere"]), "versioning": random.choice(["Enabled", "Suspended", "x"])}
    text = template
    for name, value in values.items():
        text = text.replace("{" + name + "}", value.replace("&", "&amp;").replace("<", "&lt;"))
    document = text.encode("latin-1", "replace")
    if random.random() < 0.5:
        return document
    if random.random() < 0.2:
        return changed(random, document)
    tokens = re.findall(rb"<[^>]*>|[^<]+", document)
    for _ in range(random.choice([0, 1, 1, 2, 5])):
        at = random.randrange(len(tokens))
        what = random.randrange(6)
        if what == 0:
            del tokens[at]
        elif what == 1:
            tokens.insert(at, random.choice(tokens or [b""]))
        elif what == 2:
            tokens.insert(at, random.choice(PIECES))
        elif what == 3:
            other = random.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif what == 4:
            tokens[at] = changed(random, tokens[at])
        else:
            other = random.randrange(len(tokens))
            begin, end = min(at, other), max(at, other)
            tokens[end:end] = tokens[begin:end] * random.choice([1, 2, 50])
        if not tokens:
            break
    return random.choice(DECORATIONS) + b"".join(tokens)


def changed(random: random.Random, text: bytes) -> bytes:
    """A few bytes of it replaced, removed, doubled, or cut off."""
    data = bytearray(text)
    for _ in range(random.choice([1, 1, 2, 4])):
        at = random.randrange(len(data) + 1)
        what = random.randrange(5)
        if what == 0:
            data[at:at + 1] = bytes([random.randrange(256)])
        elif what == 1:
            del data[at:at + random.choice([1, 2, 8])]
        elif what == 2:
            data[at:at] = data[at:at + random.choice([1, 8, 64])]
        elif what == 3:
            data[at:at] = random.choice([b"\r\n", b"\0", b"%", b"&", b"=", b"--", b"\xff", b";", b":", b",", b'"', b"9" * 20])
        elif random.random() < 0.3:
            del data[at:]
    return bytes(data)
