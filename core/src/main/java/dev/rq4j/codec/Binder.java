package dev.rq4j.codec;

import dev.rq4j.job.JobException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/** Makes values of the users' types from JSON, and errors that name types and places but no data. */
final class Binder {

    private final JsonMapper mapper;
    private final Map<JavaType, List<String>> components = new ConcurrentHashMap<>();

    Binder(JsonMapper mapper) {
        this.mapper = mapper;
    }

    JavaType type(Type type) {
        return mapper.constructType(type);
    }

    static boolean isVoid(JavaType type) {
        return type.hasRawClass(Void.class) || type.hasRawClass(void.class);
    }

    static boolean isRecord(JavaType type) {
        return type.getRawClass().isRecord();
    }

    static boolean takesArray(JavaType type) {
        return type.isArrayType()
                || type.isCollectionLikeType()
                || type.isJavaLangObject()
                || JsonNode.class.isAssignableFrom(type.getRawClass());
    }

    @Nullable
    Object input(TokenBuffer json, JavaType type) {
        try {
            return mapper.readerFor(type).readValue(json);
        } catch (RuntimeException e) {
            throw Problems.unreadable("the input", type, e);
        }
    }

    @Nullable
    Object value(byte[] json, JavaType type) {
        try (JsonParser parser =
                mapper.reader().with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).createParser(json)) {
            if (parser.nextToken() == null) {
                throw new JobException.Unreadable("expected the result as JSON, but nothing came");
            }
            Object value = mapper.readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readValue(parser);
            if (parser.nextToken() != null) {
                throw new JobException.Unreadable("expected one JSON value as the result, but more came");
            }
            return value;
        } catch (JobException.Unreadable e) {
            throw e;
        } catch (RuntimeException e) {
            throw Problems.unreadable("the result", type, e);
        }
    }

    /** Returns the names that a record's components have in JSON, in their order. */
    List<String> components(JavaType type) {
        return components.computeIfAbsent(type, this::introspect);
    }

    private List<String> introspect(JavaType type) {
        ClassIntrospector classes = mapper.deserializationConfig().classIntrospectorInstance();
        Map<String, String> renamed = new HashMap<>();
        for (BeanPropertyDefinition property : classes.introspectForDeserialization(
                        type, classes.introspectClassAnnotations(type))
                .findProperties()) {
            renamed.put(property.getInternalName(), property.getName());
        }
        return Stream.of(type.getRawClass().getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> renamed.getOrDefault(name, name))
                .toList();
    }
}
