package dev.partsmith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs test classes as JUnit does, and looks at what they met. */
class WorldsTest {
  private static final List<Partsmith> MET = new ArrayList<>();

  @PartsmithTest(buckets = "films")
  static class One {
    @Test
    void itsBucketsAreThere(Partsmith partsmith) throws Exception {
      MET.add(partsmith);
      Verbs.successful(partsmith, "bytes", "cp", "-", "s3://films/a");
    }
  }

  @PartsmithTest(buckets = "films")
  static class Two {
    @Test
    void itSeesNothingOfTheOther(Partsmith partsmith) throws Exception {
      MET.add(partsmith);
      assertEquals("", Verbs.successful(partsmith, "", "ls", "s3://films"));
    }
  }

  @PartsmithTest(arguments = "--no-such-flag")
  static class Wrong {
    @Test
    void itNeverRuns(Partsmith partsmith) {}
  }

  @Test
  void classesShareAServerAndHaveWorldsOfTheirOwnAndItEndsWithTheRun() {
    MET.clear();
    EngineTestKit.engine("junit-jupiter").selectors(selectClass(One.class), selectClass(Two.class)).execute()
        .testEvents().assertStatistics(events -> events.succeeded(2).failed(0));
    URI endpoint = MET.get(0).endpoint();
    assertEquals(endpoint, MET.get(1).endpoint());
    assertNotEquals(MET.get(0).accessKey(), MET.get(1).accessKey());
    assertThrows(IOException.class, () -> endpoint.resolve("/_partsmith/health").toURL().openStream());
  }

  @Test
  void whyAServerDidNotStartIsTold() {
    EngineTestKit.engine("junit-jupiter").selectors(selectClass(Wrong.class)).execute().testEvents().failed().stream()
        .map(event -> event.getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class).getThrowable().orElseThrow())
        .forEach(error -> assertTrue(error.getMessage().contains("--no-such-flag"), error.getMessage()));
    EngineTestKit.engine("junit-jupiter").selectors(selectClass(Wrong.class)).execute().testEvents()
        .assertStatistics(events -> events.failed(1));
  }
}
