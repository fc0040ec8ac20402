package dev.partsmith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PartsmithTest(arguments = {"--min-part-size", "1KiB"})
class PartsmithTestTest {
  private final Partsmith given;

  PartsmithTestTest(Partsmith given) {
    this.given = given;
  }

  @BeforeEach
  void begin(Partsmith partsmith) throws Exception {
    partsmith.reset();
    Verbs.successful(partsmith, "", "mb", "s3://films");
  }

  @Test
  void constructorsAndMethodsGetTheSameWorld(Partsmith partsmith) {
    assertSame(given, partsmith);
  }

  @Test
  void objectsAreTaken(Partsmith partsmith) throws Exception {
    Verbs.successful(partsmith, "bytes", "cp", "-", "s3://films/a");
    assertEquals("bytes", Verbs.successful(partsmith, "", "cat", "s3://films/a"));
  }

  @Test
  void aPresetLosesTheAnswerToACompletion(Partsmith partsmith, @TempDir Path folder) throws Exception {
    Path film = Files.write(folder.resolve("film"), new byte[17 << 20]);
    partsmith.faults().add("lost-complete");
    Verbs.successful(partsmith, "", "cp", "--part-size", "8MiB", film.toString(), "s3://films/film");
    partsmith.journal().expect(Map.of("operation", "CompleteMultipartUpload", "count", 2));
    partsmith.journal().expect(Map.of("operation", "UploadPart", "count", 3, "distinct", "part_number"));
    assertEquals(1, partsmith.faults().rules().get(0).required("hits").asInt());
    partsmith.faults().remove("lost-complete");
    assertEquals(List.of(), partsmith.faults().rules());
  }

  @Test
  void aRuleFailsAndIsCleared(Partsmith partsmith) throws Exception {
    partsmith.faults().add(Map.of("match", Map.of("operation", "ListObjectsV2"),
        "fault", Map.of("type", "error", "code", "AccessDenied")));
    Verbs.Done refused = Verbs.run(partsmith, "", "ls", "s3://films");
    assertNotEquals(0, refused.exitCode());
    assertTrue(refused.output().contains("AccessDenied"), refused.output());
    partsmith.faults().clear();
    Verbs.successful(partsmith, "", "ls", "s3://films");
  }

  @Test
  void anUnknownPresetIsRefusedInTheServersWords(Partsmith partsmith) {
    PartsmithException refused = assertThrows(PartsmithException.class, () -> partsmith.faults().add("lost-compleet"));
    assertTrue(refused.getMessage().contains("lost-complete"), refused.getMessage());
  }

  @Test
  void theClockIsMovedAndStopped(Partsmith partsmith) {
    Instant to = Instant.parse("2030-01-01T00:00:00Z");
    partsmith.clock().freeze();
    partsmith.clock().set(to);
    partsmith.clock().advance(Duration.ofDays(8));
    assertEquals(to.plus(Duration.ofDays(8)), partsmith.clock().now());
    partsmith.clock().reset();
    assertNotEquals(to.plus(Duration.ofDays(8)), partsmith.clock().now());
  }

  @Test
  void theJournalTellsWhatWasSent(Partsmith partsmith) throws Exception {
    Verbs.successful(partsmith, "bytes", "cp", "-", "s3://films/a");
    var entries = partsmith.journal().entries(Map.of("operation", "PutObject", "status", 200));
    assertEquals(1, entries.size());
    assertEquals("a", entries.get(0).required("key").asText());
    partsmith.journal().clear();
    assertEquals(List.of(), partsmith.journal().entries(Map.of()));
  }

  @Test
  void anExpectationThatDoesNotHoldTellsWhatThereIs(Partsmith partsmith) {
    AssertionError told = assertThrows(AssertionError.class,
        () -> partsmith.journal().expect(Map.of("operation", "UploadPart", "count", 5)));
    assertTrue(told.getMessage().contains("CreateBucket"), told.getMessage());
  }

  @Nested
  class Within {
    @Test
    void aNestedClassHasTheWorldOfTheClassAroundIt(Partsmith partsmith) {
      assertSame(given, partsmith);
    }
  }
}
