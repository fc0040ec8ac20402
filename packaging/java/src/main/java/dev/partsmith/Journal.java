package dev.partsmith;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What clients really sent, and what they got. */
public final class Journal {
  private final Control control;

  Journal(Control control) {
    this.control = control;
  }

  /** The requests that match, the oldest first; docs/control.md has the filters, and the members of an entry. */
  public List<JsonNode> entries(Map<String, ?> filters) {
    List<JsonNode> entries = new ArrayList<>();
    control.ask("GET", "journal", filters, null).required("entries").forEach(entries::add);
    return entries;
  }

  /** AssertionError, with a table of what there is instead, unless there were so many: filters, and {@code count}. */
  public void expect(Map<String, ?> expectation) {
    JsonNode told = control.ask("POST", "journal/expect", expectation);
    if (!told.required("holds").asBoolean()) throw new AssertionError(told.required("text").asText());
  }

  public void clear() {
    control.ask("DELETE", "journal", null);
  }
}
