package dev.partsmith;

import java.net.URI;
import java.util.Map;

/** What a test class has of the server: where S3 is, keys, and its world's faults, clock and journal. */
public final class Partsmith {
  private final Control control;
  private final URI endpoint;
  private final String accessKey;
  private final String secretKey;
  private final String region;

  Partsmith(Control control, URI endpoint, String accessKey, String secretKey, String region) {
    this.control = control;
    this.endpoint = endpoint;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.region = region;
  }

  /** {@code http://127.0.0.1:PORT}; clients address buckets by path. */
  public URI endpoint() {
    return endpoint;
  }

  /** The world's: no other test class has it. */
  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  public String region() {
    return region;
  }

  /** What goes wrong on demand. */
  public Faults faults() {
    return new Faults(control);
  }

  /** The time that dates, expiry and listings follow. */
  public PartsmithClock clock() {
    return new PartsmithClock(control);
  }

  /** What clients really sent, and what they got. */
  public Journal journal() {
    return new Journal(control);
  }

  /** Variables by which AWS SDKs and the AWS CLI find the world. */
  public Map<String, String> environment() {
    return Map.of("AWS_ENDPOINT_URL_S3", endpoint.toString(), "AWS_ACCESS_KEY_ID", accessKey, "AWS_SECRET_ACCESS_KEY", secretKey,
        "AWS_REGION", region, "AWS_DEFAULT_REGION", region);
  }

  /** Removes every bucket, fault and entry of the journal, and shows real time. */
  public void reset() {
    control.ask("POST", "reset", null);
  }

  void forget() {
    control.ask("DELETE", "worlds/" + Control.encoded(accessKey), null);
  }
}
