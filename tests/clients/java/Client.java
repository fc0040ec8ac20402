// The AWS SDK for Java against one server: ENDPOINT BUCKET. Its transfer manager sends 12 MiB in three parts, by the client that
// is written in Java (that of the CRT is the one that other SDKs have, too). Then it prints the keys that the bucket lists.
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

public class Client {
  static int uploadsOf(S3AsyncClient s3, String bucket) {
    return s3.listMultipartUploads(list -> list.bucket(bucket)).join().uploads().size();
  }

  public static void main(String[] arguments) {
    var bucket = arguments[1];
    var keys = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    var part = 5L << 20;
    try (var s3 = S3AsyncClient.builder().endpointOverride(URI.create(arguments[0])).region(Region.US_EAST_1)
            .credentialsProvider(keys).forcePathStyle(true).multipartEnabled(true)
            .multipartConfiguration(parts -> parts.minimumPartSizeInBytes(part).thresholdInBytes(part)).build();
        var transfers = S3TransferManager.builder().s3Client(s3).build()) {
      var upload = transfers.upload(of -> of.requestBody(AsyncRequestBody.fromBytes(new byte[12 << 20]))
          .putObjectRequest(put -> put.bucket(bucket).key("a stream"))).completionFuture();
      try {
        upload.join();
      } catch (CompletionException failure) {
        // The SDK aborts behind the failure that it tells of: who closes the client now may leave the upload.
        System.out.println("when it failed, uploads: " + uploadsOf(s3, bucket));
        var deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (uploadsOf(s3, bucket) > 0 && Instant.now().isBefore(deadline));
        throw failure;
      }
      var listing = s3.listObjectsV2(list -> list.bucket(bucket)).join();
      System.out.println(listing.contents().stream().map(S3Object::key).toList());
    }
  }
}
