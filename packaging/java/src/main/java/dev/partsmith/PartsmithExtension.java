package dev.partsmith;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link PartsmithTest} brings: a server for each set of flags, a world for each class. */
final class PartsmithExtension implements ParameterResolver, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(PartsmithExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Partsmith.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return worldOf(context);
  }

  /** A nested class has the world of the class around it, whose end is the world's. */
  @Override
  public void afterAll(ExtensionContext context) {
    Class<?> outermost = outermost(context);
    if (context.getRequiredTestClass() != outermost) return;
    Partsmith world = context.getRoot().getStore(NAMESPACE).remove(outermost, Partsmith.class);
    if (world != null) world.forget();
  }

  private static Partsmith worldOf(ExtensionContext context) {
    Class<?> outermost = outermost(context);
    // The store of the whole run closes what it keeps: the servers.
    ExtensionContext.Store store = context.getRoot().getStore(NAMESPACE);
    List<String> flags = flagsOf(outermost);
    Server server = store.getOrComputeIfAbsent(flags, unused -> Server.start(flags), Server.class);
    return store.getOrComputeIfAbsent(outermost, unused -> server.world(keyOf(outermost)), Partsmith.class);
  }

  private static Class<?> outermost(ExtensionContext context) {
    Class<?> found = context.getRequiredTestClass();
    while (found.getEnclosingClass() != null && isMarked(found.getEnclosingClass())) found = found.getEnclosingClass();
    return found;
  }

  private static boolean isMarked(Class<?> type) {
    return AnnotationSupport.isAnnotated(type, PartsmithTest.class);
  }

  private static List<String> flagsOf(Class<?> type) {
    PartsmithTest asked = AnnotationSupport.findAnnotation(type, PartsmithTest.class).orElseThrow();
    List<String> flags = new ArrayList<>();
    for (String bucket : asked.buckets()) flags.addAll(List.of("--bucket", bucket));
    flags.addAll(List.of(asked.arguments()));
    return List.copyOf(flags);
  }

  private static String keyOf(Class<?> type) {
    return type.getSimpleName() + "-" + UUID.randomUUID().toString().substring(0, 8);
  }
}
