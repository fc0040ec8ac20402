// The AWS SDK for JavaScript against one server. Each argument after the endpoint and the bucket names a scenario; what
// it saw goes to standard output as JSON, for test_javascript_sdk.py to judge.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

// The packages are installed outside the sources.
const require = createRequire(`${process.env.PARTSMITH_JS}/`);
const s3sdk = require('@aws-sdk/client-s3');
const { Upload } = require('@aws-sdk/lib-storage');

const MIB = 1024 * 1024;
const [endpoint, Bucket, scenario] = process.argv.slice(2);
const client = new s3sdk.S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

// Bytes that differ from place to place, as a stream without a known length.
function* chunks(size) {
  for (let at = 0; at < size; at += 64 * 1024) {
    const chunk = Buffer.alloc(Math.min(64 * 1024, size - at), createHash('sha256').update(`${at}`).digest());
    yield chunk;
  }
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function codeOf(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    return { code: error.name, status: error.$metadata?.httpStatusCode };
  }
}

const scenarios = {
  async upload() {
    const all = Buffer.concat([...chunks(12 * MIB)]);
    const upload = new Upload({
      client,
      params: { Bucket, Key: 'folder/a stream é', Body: Readable.from(chunks(12 * MIB)), Metadata: { owner: 'gopher' } },
    });
    const done = await upload.done();
    const got = await client.send(new s3sdk.GetObjectCommand({ Bucket, Key: 'folder/a stream é' }));
    const bytes = await got.Body.transformToByteArray();
    return { etag: done.ETag, key: done.Key, same: sha256(bytes) === sha256(all), metadata: got.Metadata };
  },

  async uploadAndList() {
    await new Upload({ client, params: { Bucket, Key: 'a stream', Body: Readable.from(chunks(12 * MIB)) } }).done();
    const listing = await client.send(new s3sdk.ListObjectsV2Command({ Bucket }));
    return { keys: (listing.Contents ?? []).map((object) => object.Key) };
  },

  async abort() {
    const Key = 'aborted';
    const { UploadId } = await client.send(new s3sdk.CreateMultipartUploadCommand({ Bucket, Key }));
    await client.send(new s3sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.from('part') }));
    await client.send(new s3sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    return {
      part: await codeOf(
        client.send(new s3sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: Buffer.from('late') })),
      ),
      list: await codeOf(client.send(new s3sdk.ListPartsCommand({ Bucket, Key, UploadId }))),
    };
  },

  async abortOfARunningUpload() {
    const stalled = new Readable({ read() {} });
    stalled.push(Buffer.alloc(11 * MIB));
    const upload = new Upload({ client, params: { Bucket, Key: 'running', Body: stalled }, leavePartsOnError: false });
    const sent = new Promise((resolve) => upload.on('httpUploadProgress', resolve));
    const done = codeOf(upload.done());
    await sent;
    await upload.abort();
    stalled.push(null);
    const failure = await done; // the SDK's own AbortMultipartUpload follows behind
    const left = async () => (await client.send(new s3sdk.ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;
    for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await left()) > 0; );
    return { failure: failure?.code, left: await left() };
  },

  async list() {
    const keys = ['a', 'b c', 'd/e', 'é', '+'];
    for (const Key of keys) await client.send(new s3sdk.PutObjectCommand({ Bucket, Key, Body: Key }));
    const seen = [];
    for await (const page of s3sdk.paginateListObjectsV2({ client, pageSize: 2 }, { Bucket })) {
      seen.push(page.Contents.map((object) => object.Key));
    }
    await client.send(
      new s3sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
    );
    const after = await client.send(new s3sdk.ListObjectsV2Command({ Bucket }));
    return { seen, after: after.KeyCount };
  },

  async errors() {
    const stranger = new s3sdk.S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' },
    });
    return {
      missing: await codeOf(client.send(new s3sdk.GetObjectCommand({ Bucket, Key: 'none' }))),
      head: await codeOf(client.send(new s3sdk.HeadObjectCommand({ Bucket, Key: 'none' }))),
      wrongKey: await codeOf(stranger.send(new s3sdk.PutObjectCommand({ Bucket, Key: 'key', Body: 'x' }))),
    };
  },

  async checksums() {
    const seen = {};
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME']) {
      const put = await client.send(
        new s3sdk.PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body: '123456789', ChecksumAlgorithm }),
      );
      const got = await client.send(
        new s3sdk.GetObjectCommand({ Bucket, Key: ChecksumAlgorithm, ChecksumMode: 'ENABLED' }),
      );
      await got.Body.transformToString(); // the SDK verifies the checksum as it reads
      seen[ChecksumAlgorithm] = [put[`Checksum${ChecksumAlgorithm}`], got[`Checksum${ChecksumAlgorithm}`]];
    }
    return seen;
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
