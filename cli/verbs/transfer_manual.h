#pragma once
/// What `partsmith cp --help` says beyond its flags.

namespace partsmith::cli {

inline constexpr const char* transfer_manual =
    R"(Sources and destinations: a file; - (stdin, stdout); s3://BUCKET/KEY; as a source also a Redis list:
redis://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE/KEY, whose elements become parts, joined where they have less
than 5 MiB. A destination that ends with '/', is a bucket or a folder keeps the source's name.
-r takes what is in the folder (not the folder itself): `cp -r site s3://www` puts site/a.html at s3://www/a.html.
Links are followed, unless --no-follow-symlinks; what can't be taken (a link to nowhere or round in a circle, a
pipe) is reported, and the others go on. The last --include or --exclude that matches the path
below the folder decides; where none does, it is taken, unless the first filter is an --include. '*' matches '/'.

What was sent is compared with what the service has, what came with what it should be: by the checksum of the
whole, else by ETags, else only by size; the line per object says which ("same checksum"). A download gets its
name when it is whole and proved. From object to object inside a service the bytes stay there.
Ctrl-C ends transfers and aborts uploads, unless --keep; `partsmith resume` or `cp --resume` goes on with one:
parts that are there and hold the same bytes are not sent again. Memory: up to a part for each of --jobs, and
two more for each object on its way; a file's parts of more than 16 MiB are read as they are sent.

From one service to another (the --source- flags say which one is read from) an object keeps its parts, and so
its ETag; its checksum, type, metadata, tags and storage class; with --versions its older versions and delete
markers. What the destination has already and is the same is not copied again, so a copy that was interrupted
is gone on with by the same command. Not copied: ACLs, locks, keys of encryption, version ids, open uploads,
what the bucket is configured with. Memory: less than a MiB for each of --jobs.
partsmith cp -r --versions --verify --source-endpoint http://127.0.0.1:9000 s3://films s3://films
--verify reads no bytes: sizes, ETags, checksums, types, metadata, tags, storage classes and versions are
compared, and that neither side has a key that the other lacks.

With one of the --source- flags (or their PARTSMITH_SOURCE_ variables) what is read comes from another service
than the one that is written to. What they don't say of it is as of the other; with --source-profile the rest is
that profile's.)";

}  // namespace partsmith::cli
