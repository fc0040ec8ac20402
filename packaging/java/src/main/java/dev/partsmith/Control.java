package dev.partsmith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Requests to {@code /_partsmith/v1/…} of one world. */
final class Control {
  static final ObjectMapper JSON = new ObjectMapper();
  // Whatever proxy is set, the server is on this machine.
  private static final HttpClient DIRECT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY).build();

  private final URI endpoint;
  private final String world;

  Control(URI endpoint, String world) {
    this.endpoint = endpoint;
    this.world = world;
  }

  /** The JSON that answers. A body of null is none. */
  JsonNode ask(String method, String path, Map<String, ?> query, Object body) {
    Map<String, Object> asked = new TreeMap<>(query);
    asked.put("world", world);
    String words = asked.entrySet().stream().map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue().toString()))
        .collect(Collectors.joining("&"));
    try {
      var sent = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
      var request = HttpRequest.newBuilder(endpoint.resolve("/_partsmith/v1/" + path + "?" + words))
          .timeout(Duration.ofSeconds(30)).method(method, sent).build();
      var answer = DIRECT.send(request, BodyHandlers.ofString());
      if (answer.statusCode() >= 300)
        throw new PartsmithException(method + " " + path + ": " + answer.statusCode() + " " + answer.body().strip());
      return answer.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(answer.body());
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new PartsmithException(method + " " + path + " was interrupted", error);
    }
  }

  JsonNode ask(String method, String path, Object body) {
    return ask(method, path, Map.of(), body);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
