package dev.partsmith;

/** The server did not start, did not end well, or refused a request to its control API; the message has its own words. */
public final class PartsmithException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PartsmithException(String message) {
    super(message);
  }

  PartsmithException(String message, Throwable cause) {
    super(message, cause);
  }
}
