"""Every document in a request's body × every kind of document: what Amazon S3 answers, and how that is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

RECORDED = "recorded"
BACKLOT = "reported: brekkylab/backlot (measured 2026-09)"
S3MOCK = "reported: adobe/S3Mock (run on Amazon S3 in 2025)"
UNSETTLED = "unsettled"
NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@dataclass(frozen=True)
class Document:
    operation: str
    method: str
    target: str
    """{bucket}; {upload} is that of an upload whose part 1 has the ETag {etag}."""
    root: str
    inside: str
    """A valid content of the root."""
    status: int
    required: str = ""
    """An element of `inside` that must be there; empty: none need be."""
    repeated: str = ""
    """An element of `inside` that must not be there twice, as it stands there; empty: none is refused."""
    malformed: str = "MalformedXML"


OWN_ACL = ("<Owner><ID>{owner}</ID></Owner><AccessControlList><Grant>"
           '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>{owner}</ID></Grantee>'
           "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList>")
"""{owner} is the bucket's."""

DOCUMENTS = (
    Document("CompleteMultipartUpload", "POST", "/{bucket}/key?uploadId={upload}", "CompleteMultipartUpload",
             "<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>", 200, "<PartNumber>1</PartNumber>"),
    Document("DeleteObjects", "POST", "/{bucket}?delete", "Delete", "<Object><Key>none</Key></Object>", 200, "<Key>none</Key>",
             "<Key>none</Key>"),
    Document("CreateBucket", "PUT", "/{bucket}-new", "CreateBucketConfiguration",
             "<LocationConstraint>eu-west-1</LocationConstraint>", 200),
    Document("PutBucketTagging", "PUT", "/{bucket}?tagging", "Tagging",
             "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>", 204, "<Value>b</Value>", "<Value>b</Value>"),
    Document("PutObjectTagging", "PUT", "/{bucket}/object?tagging", "Tagging",
             "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>", 200, "<Value>b</Value>", "<Value>b</Value>"),
    Document("PutBucketCors", "PUT", "/{bucket}?cors", "CORSConfiguration",
             "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>", 200,
             "<AllowedMethod>GET</AllowedMethod>"),
    Document("PutBucketLifecycleConfiguration", "PUT", "/{bucket}?lifecycle", "LifecycleConfiguration",
             "<Rule><ID>a</ID><Filter><Prefix>a</Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration>"
             "</Rule>", 200, "<Status>Enabled</Status>"),
    Document("PutBucketEncryption", "PUT", "/{bucket}?encryption", "ServerSideEncryptionConfiguration",
             "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
             "</Rule>", 200, "<SSEAlgorithm>AES256</SSEAlgorithm>"),
    Document("PutBucketVersioning", "PUT", "/{bucket}?versioning", "VersioningConfiguration", "<Status>Enabled</Status>", 200,
             "", "<Status>Enabled</Status>"),
    Document("PutBucketOwnershipControls", "PUT", "/{bucket}?ownershipControls", "OwnershipControls",
             "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>", 200, "<ObjectOwnership>ObjectWriter</ObjectOwnership>",
             "<ObjectOwnership>ObjectWriter</ObjectOwnership>"),
    Document("PutPublicAccessBlock", "PUT", "/{bucket}?publicAccessBlock", "PublicAccessBlockConfiguration",
             "<BlockPublicAcls>true</BlockPublicAcls>", 200),
    Document("PutBucketAcl", "PUT", "/{bucket}?acl", "AccessControlPolicy", OWN_ACL, 200, "<Permission>FULL_CONTROL</Permission>",
             malformed="MalformedACLError"),
    Document("PutObjectAcl", "PUT", "/{bucket}/object?acl", "AccessControlPolicy", OWN_ACL, 200,
             "<Permission>FULL_CONTROL</Permission>", malformed="MalformedACLError"),
    Document("PutBucketAccelerateConfiguration", "PUT", "/{bucket}?accelerate", "AccelerateConfiguration",
             "<Status>Enabled</Status>", 200, "", "<Status>Enabled</Status>"),
    Document("PutBucketRequestPayment", "PUT", "/{bucket}?requestPayment", "RequestPaymentConfiguration",
             "<Payer>BucketOwner</Payer>", 200, "<Payer>BucketOwner</Payer>", "<Payer>BucketOwner</Payer>"),
)


@dataclass(frozen=True)
class Kind:
    name: str
    make: Callable[[Document], bytes | None]
    """None: the document has no such case."""
    code: str
    """Of the refusal; empty: the document is taken."""
    source: str = UNSETTLED


def text_of(document: Document, *, inside: str | None = None, root: str | None = None, attributes: str = NS,
            before: str = "", after: str = "") -> bytes:
    name = root or document.root
    return f"{before}<{name}{attributes}>{document.inside if inside is None else inside}</{name}>{after}".encode()


def _without(document: Document) -> bytes | None:
    return text_of(document, inside=document.inside.replace(document.required, "")) if document.required else None


def _twice(document: Document) -> bytes | None:
    if not document.repeated:
        return None
    return text_of(document, inside=document.inside.replace(document.repeated, document.repeated * 2))


def _in_cdata(document: Document) -> bytes:
    """Its first text as a section of characters."""
    return text_of(document, inside=re.sub(r">([^<>]+)</", r"><![CDATA[\1]]></", document.inside, count=1))


def _prefixed(document: Document) -> bytes:
    text = text_of(document, attributes="").decode()
    text = text.replace("</", "\0").replace("<", "<s3:").replace("\0", "</s3:")
    return text.replace(f"<s3:{document.root}>", f'<s3:{document.root} xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/">').encode()


MALFORMED = "MalformedXML"
KINDS = (
    Kind("valid", text_of, "", "S3 API"),
    Kind("with a declaration", lambda d: text_of(d, before='<?xml version="1.0" encoding="UTF-8"?>\n'), "", "S3 API"),
    Kind("no namespace", lambda d: text_of(d, attributes=""), "", "of DeleteObjects " + BACKLOT),
    Kind("another namespace", lambda d: text_of(d, attributes=' xmlns="urn:x"'), "", "of DeleteObjects " + BACKLOT),
    Kind("prefixed names", _prefixed, ""),
    Kind("a comment", lambda d: text_of(d, inside="<!-- a comment -->" + d.inside), ""),
    Kind("white space between elements", lambda d: text_of(d, inside="\n  " + d.inside.replace("><", ">\n  <") + "\n"), "", "S3 API"),
    Kind("a text in CDATA", _in_cdata, ""),
    Kind("an attribute", lambda d: text_of(d, attributes=NS + ' a="b"'), ""),
    Kind("a byte order mark", lambda d: b"\xef\xbb\xbf" + text_of(d), ""),
    Kind("white space behind", lambda d: text_of(d, after="\n\n"), ""),
    Kind("only white space", lambda d: b" \n ", MALFORMED),
    Kind("no XML", lambda d: b"not XML", MALFORMED, "recorded (of some); " + BACKLOT),
    Kind("another root", lambda d: text_of(d, root="Other"), MALFORMED, BACKLOT),
    Kind("a root in another letter case", lambda d: text_of(d, root=d.root.lower()), MALFORMED),
    Kind("not closed", lambda d: text_of(d)[:-3], MALFORMED),
    Kind("two roots", lambda d: text_of(d) * 2, MALFORMED),
    Kind("text behind", lambda d: text_of(d, after="junk"), MALFORMED),
    Kind("a required element missing", _without, MALFORMED, "recorded (tags); of DeleteObjects " + BACKLOT),
    Kind("an element twice", _twice, MALFORMED, "of DeleteObjects " + BACKLOT),
    Kind("a document type", lambda d: text_of(d, before="<!DOCTYPE a>"), MALFORMED),
    Kind("UTF-16", lambda d: text_of(d).decode().encode("utf-16"), MALFORMED),
    Kind("not UTF-8", lambda d: text_of(d, inside=d.inside + "<A>").replace(b"<A>", b"\xff"), MALFORMED),
)

# Documents of their own: operation, the body, what answers it (status, code), and the source.
SPECIAL = (
    ("CompleteMultipartUpload", "", b"", 400, "InvalidRequest", RECORDED),
    ("DeleteObjects", "", b"", 400, "MissingRequestBodyError", BACKLOT),
    ("CreateBucket", "", b"", 200, "", RECORDED),
    ("PutBucketTagging", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutObjectTagging", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutBucketCors", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutBucketLifecycleConfiguration", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutBucketEncryption", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutBucketVersioning", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutBucketOwnershipControls", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("PutPublicAccessBlock", "", b"", 400, "MissingRequestBodyError", UNSETTLED),
    ("CompleteMultipartUpload", "empty root", b"<CompleteMultipartUpload/>", 400, "MalformedXML", UNSETTLED),
    ("DeleteObjects", "empty root", b"<Delete/>", 400, "MalformedXML", BACKLOT),
    ("CreateBucket", "empty root", b"<CreateBucketConfiguration/>", 200, "", RECORDED),
    ("PutBucketCors", "empty root", b"<CORSConfiguration/>", 400, "MalformedXML", UNSETTLED),
    ("PutBucketLifecycleConfiguration", "empty root", b"<LifecycleConfiguration/>", 400, "MalformedXML", UNSETTLED),
    ("PutBucketEncryption", "empty root", b"<ServerSideEncryptionConfiguration/>", 400, "MalformedXML", UNSETTLED),
    ("PutBucketVersioning", "empty root", b"<VersioningConfiguration/>", 400, "IllegalVersioningConfigurationException", UNSETTLED),
    ("PutBucketOwnershipControls", "empty root", b"<OwnershipControls/>", 400, "MalformedXML", UNSETTLED),
    ("PutPublicAccessBlock", "empty root", b"<PublicAccessBlockConfiguration/>", 200, "", UNSETTLED),
    ("DeleteObjects", "an unknown element", b"<Delete><Object><Key>a</Key></Object><Other/></Delete>", 400, "MalformedXML", BACKLOT),
    ("DeleteObjects", "an unknown element of an object", b"<Delete><Object><Key>a</Key><Other/></Object></Delete>", 400,
     "MalformedXML", BACKLOT),
    ("DeleteObjects", "Size", b"<Delete><Object><Key>a</Key><Size>1</Size></Object></Delete>", 400, "MalformedXML", BACKLOT),
    ("DeleteObjects", "an object without a key", b"<Delete><Object/></Delete>", 400, "MalformedXML", BACKLOT),
    ("DeleteObjects", "an empty key", b"<Delete><Object><Key></Key></Object></Delete>", 400, "UserKeyMustBeSpecified", BACKLOT),
    ("CreateBucket", "what makes a directory bucket",
     b"<CreateBucketConfiguration><Location><Type>AvailabilityZone</Type><Name>use1-az4</Name></Location><Bucket>"
     b"<DataRedundancy>SingleAvailabilityZone</DataRedundancy><Type>Directory</Type></Bucket></CreateBucketConfiguration>", 400,
     "MalformedXML", S3MOCK),
    ("CreateBucket", "Location alone",
     b"<CreateBucketConfiguration><Location><Type>AvailabilityZone</Type><Name>use1-az4</Name></Location>"
     b"</CreateBucketConfiguration>", 400, "MalformedXML", UNSETTLED),
    ("CreateBucket", "Bucket alone",
     b"<CreateBucketConfiguration><Bucket><Type>Directory</Type></Bucket></CreateBucketConfiguration>", 400, "MalformedXML",
     UNSETTLED),
    ("DeleteObjects", "two Quiets", b"<Delete><Quiet>true</Quiet><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>", 400,
     "MalformedXML", BACKLOT),
    ("DeleteObjects", "Quiet alone", b"<Delete><Quiet>true</Quiet></Delete>", 400, "MalformedXML", BACKLOT),
    ("DeleteObjects", "a Quiet that is neither true nor false",
     b"<Delete><Quiet>perhaps</Quiet><Object><Key>a</Key></Object></Delete>", 200, "", BACKLOT),
    ("DeleteObjects", "Quiet behind the objects", b"<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>", 200, "",
     BACKLOT),
    ("DeleteObjects", "two version IDs",
     b"<Delete><Object><Key>a</Key><VersionId>null</VersionId><VersionId>null</VersionId></Object></Delete>", 400, "MalformedXML",
     BACKLOT),
    ("DeleteObjects", "1,000 objects", b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1000 + b"</Delete>", 200, "", BACKLOT),
    ("DeleteObjects", "1,001 objects", b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1001 + b"</Delete>", 400, "MalformedXML",
     BACKLOT),
    ("PutBucketTagging", "a tag without a key", b"<Tagging><TagSet><Tag><Value>b</Value></Tag></TagSet></Tagging>", 400,
     "MalformedXML", RECORDED),
    ("PutObjectTagging", "a tag without a key", b"<Tagging><TagSet><Tag><Value>b</Value></Tag></TagSet></Tagging>", 400,
     "MalformedXML", RECORDED),
    ("PutBucketVersioning", "an unknown status",
     b"<VersioningConfiguration><Status>Off</Status></VersioningConfiguration>", 400, "MalformedXML", UNSETTLED),
)


def cells() -> Iterator[tuple[Document, Kind, bytes]]:
    for document in DOCUMENTS:
        for kind in KINDS:
            body = kind.make(document)
            if body is not None:
                yield document, kind, body
