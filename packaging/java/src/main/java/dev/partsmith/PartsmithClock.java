package dev.partsmith;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** The time that dates, expiry and listings follow. */
public final class PartsmithClock {
  private final Control control;

  PartsmithClock(Control control) {
    this.control = control;
  }

  public Instant now() {
    return Instant.parse(control.ask("GET", "clock", null).required("now").asText());
  }

  /** Lets it go on from there, in whole seconds. */
  public void set(Instant to) {
    change("set", to.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** By whole seconds. */
  public void advance(Duration by) {
    change("advance", by.toSeconds() + "s");
  }

  public void freeze() {
    change("frozen", true);
  }

  /** Shows real time again, and goes. */
  public void reset() {
    change("reset", true);
  }

  private void change(String what, Object to) {
    control.ask("POST", "clock", Map.of(what, to));
  }
}
