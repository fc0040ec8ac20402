package dev.partsmith;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The program's own S3 verbs, as a client. */
final class Verbs {
  record Done(int exitCode, String output) {}

  static Done run(Partsmith world, String input, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Server.program()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(world.environment());
    Process process = builder.start();
    try (var into = process.getOutputStream()) {
      into.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Done(process.waitFor(), output);
  }

  static String successful(Partsmith world, String input, String... words) throws IOException, InterruptedException {
    Done done = run(world, input, words);
    if (done.exitCode() != 0) throw new AssertionError(String.join(" ", words) + ": " + done);
    return done.output();
  }

  private Verbs() {}
}
