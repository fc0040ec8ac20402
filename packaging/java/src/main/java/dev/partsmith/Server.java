package dev.partsmith;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One process of {@code partsmith serve}, with a world for each access key. */
final class Server implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final String SECRET_KEY = "test";
  private static final String REGION = "us-east-1";

  private final Path folder;
  private final Process process;
  private final Thread killAtExit;
  private URI endpoint;

  private Server(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    killAtExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killAtExit);
  }

  /** It is ready when this returns. */
  static Server start(List<String> flags) {
    try {
      Path folder = Files.createTempDirectory("partsmith-");
      Server server = new Server(folder, launch(folder, flags));
      try {
        server.endpoint = server.await(folder.resolve("ready.json"));
        return server;
      } catch (IOException | RuntimeException | InterruptedException error) {
        server.process.destroyForcibly().waitFor();
        server.forget();
        throw error;
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new PartsmithException("the start was interrupted", error);
    }
  }

  Partsmith world(String accessKey) {
    return new Partsmith(new Control(endpoint, accessKey), endpoint, accessKey, SECRET_KEY, REGION);
  }

  /** Ends it after the requests in flight. */
  @Override
  public void close() throws IOException {
    process.destroy();
    boolean ended = process.onExit().completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS).join() != null;
    if (!ended) process.destroyForcibly().onExit().join();
    String log = log();
    forget();
    if (!ended) throw new PartsmithException("partsmith did not end within " + PATIENCE_SECONDS + " s:\n" + log);
    if (process.exitValue() != 0) throw new PartsmithException("partsmith ended with " + process.exitValue() + ":\n" + log);
  }

  /** The program: that of PARTSMITH_BINARY, else of PARTSMITH_PROGRAM, else the one on PATH. */
  static String program() {
    for (String name : List.of("PARTSMITH_BINARY", "PARTSMITH_PROGRAM")) {
      String named = System.getenv(name);
      if (named != null && !named.isEmpty()) return named;
    }
    return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "partsmith")).filter(Files::isExecutable).findFirst().map(Path::toString)
        .orElseThrow(() -> new PartsmithException("there is no program partsmith: set PARTSMITH_BINARY, or put it on PATH"));
  }

  private static Process launch(Path folder, List<String> flags) throws IOException {
    List<String> command = new ArrayList<>(List.of(program(), "serve", "--ephemeral", "--port", "0", "--world-per-access-key",
        "--region", REGION, "--ready-file", folder.resolve("ready.json").toString()));
    command.addAll(flags);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile());
    // What was set for another server doesn't count.
    builder.environment().keySet().removeIf(name -> name.startsWith("PARTSMITH_"));
    builder.environment().put("PARTSMITH_SECRET_KEY", SECRET_KEY);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private URI await(Path ready) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(ready)) {
      if (process.waitFor(5, TimeUnit.MILLISECONDS))
        throw new PartsmithException("partsmith ended with " + process.exitValue() + " at the start:\n" + log());
      if (System.nanoTime() > deadline)
        throw new PartsmithException("partsmith was not ready within " + PATIENCE_SECONDS + " s:\n" + log());
    }
    return URI.create(new ObjectMapper().readTree(ready.toFile()).required("url").asText());
  }

  private String log() throws IOException {
    String text = Files.readString(folder.resolve("log"));
    return text.substring(Math.max(0, text.length() - 2000));
  }

  private void forget() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(killAtExit);
    } catch (IllegalStateException atExit) {
      // The hook runs already, and finds nothing to do.
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
    }
  }
}
