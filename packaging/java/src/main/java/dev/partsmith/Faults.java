package dev.partsmith;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What goes wrong on demand: docs/faults.md has presets and rules. */
public final class Faults {
  private final Control control;

  Faults(Control control) {
    this.control = control;
  }

  /** A preset, as {@code lost-complete}. */
  public void add(String preset) {
    control.ask("POST", "faults", Map.of("preset", preset));
  }

  /** A rule, as {@code Map.of("match", Map.of("operation", "UploadPart"), "fault", Map.of("type", "reset"))}. */
  public void add(Map<String, ?> rule) {
    control.ask("POST", "faults", rule);
  }

  /** The rules in force, with how often each {@code matched}, and how often it acted: {@code hits}. */
  public List<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    control.ask("GET", "faults", null).required("faults").forEach(rules::add);
    return rules;
  }

  public void remove(String name) {
    control.ask("DELETE", "faults/" + Control.encoded(name), null);
  }

  /** Removes every rule. */
  public void clear() {
    control.ask("DELETE", "faults", null);
  }
}
