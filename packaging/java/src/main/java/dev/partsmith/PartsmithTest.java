package dev.partsmith;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a {@link Partsmith}: constructors and methods that have it for a parameter get it.
 *
 * <p>Classes with the same buckets and arguments share one server, which ends with the run; each class has a world of its own
 * in it, which is removed after the class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(PartsmithExtension.class)
public @interface PartsmithTest {
  /** Buckets that the world has at the start: {@code "films"}, or {@code "films:versioned"}. */
  String[] buckets() default {};

  /** Further flags of {@code partsmith serve}. */
  String[] arguments() default {};
}
