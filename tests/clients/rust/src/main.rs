//! The AWS SDK for Rust against one server: ENDPOINT BUCKET. It has no transfer manager, so this program sends 12 MiB in three
//! parts itself, with the SDK's own defaults, and doesn't abort when a step fails. Then it prints the keys that the bucket lists.

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_sdk_s3::{Client, Config, Error};
use std::env::args;

const KEY: &str = "a stream";
const PART: usize = 5 << 20;

fn client(endpoint: String) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "the tests"))
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn upload(s3: &Client, bucket: &str, bytes: &[u8]) -> Result<(), Error> {
    let upload = s3.create_multipart_upload().bucket(bucket).key(KEY).send().await?;
    let id = upload.upload_id().unwrap_or_default();
    let mut parts = CompletedMultipartUpload::builder();
    for (number, chunk) in (1..).zip(bytes.chunks(PART)) {
        let part = s3
            .upload_part()
            .bucket(bucket)
            .key(KEY)
            .upload_id(id)
            .part_number(number)
            .body(ByteStream::from(chunk.to_vec()))
            .send()
            .await?;
        parts = parts.parts(CompletedPart::builder().part_number(number).set_e_tag(part.e_tag).build());
    }
    s3.complete_multipart_upload().bucket(bucket).key(KEY).upload_id(id).multipart_upload(parts.build()).send().await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (Some(endpoint), Some(bucket)) = (args().nth(1), args().nth(2)) else { panic!("usage: ENDPOINT BUCKET") };
    let s3 = client(endpoint);
    upload(&s3, &bucket, &vec![b'x'; 12 << 20]).await?;
    let listing = s3.list_objects_v2().bucket(bucket).send().await?;
    println!("{:?}", listing.contents().iter().filter_map(|object| object.key()).collect::<Vec<_>>());
    Ok(())
}
