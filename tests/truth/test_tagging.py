"""Tags of objects, and what a copy makes of them."""

from __future__ import annotations

import pytest

from answers import Ask, ok
from facts import AES256, WHOLE, copied, recorded

TEST = {"etag": '"098f6bcd4621d373cade4e832627b4f6"', "ChecksumCRC32": "2H9+DA==", **WHOLE}
FIRST, SECOND = {"Key": "key1", "Value": "value1"}, {"Key": "key2", "Value": "value2"}


@recorded("copy-object-tagging-directive-copy", "copy-object-tagging-directive-replace",
          "copy-object-tagging-directive-none")
@pytest.mark.parametrize("directive, named, unnamed", [
    ("COPY", [FIRST], [FIRST]), ("REPLACE", [SECOND], []), (None, [FIRST], [FIRST])], ids=["copy", "replace", "none"])
def test_a_copy_takes_the_tags_of_its_source_unless_told_to_replace_them(
        ask: Ask, directive: str | None, named: list[dict[str, str]], unnamed: list[dict[str, str]]) -> None:
    source = {"Bucket": ask.bucket, "Key": "source-object"}
    told = {"TaggingDirective": directive} if directive else {}
    assert ask.put_object(Key="source-object", Body=b"test", Tagging="key1=value1") == ok(
        ETag=TEST["etag"], ChecksumCRC32="2H9+DA==", **WHOLE, **AES256)
    assert ask.get_object_tagging(Key="source-object") == ok(TagSet=[FIRST])
    assert ask.copy_object(Key="copy", CopySource=source, Tagging="key2=value2", **told) == copied(**TEST)
    assert ask.get_object_tagging(Key="copy") == ok(TagSet=named)
    assert ask.copy_object(Key="copy-tag-empty", CopySource=source, **told) == copied(**TEST)
    assert ask.get_object_tagging(Key="copy-tag-empty") == ok(TagSet=unnamed)
