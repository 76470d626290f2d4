package dev.rq4j.examples.python;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test a {@link Bench} of its own, and skips it when there is no Python with RQ. */
final class BenchExtension implements BeforeEachCallback, ParameterResolver {

    private static final Namespace BENCHES = Namespace.create(BenchExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        Bench.assumePython();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Bench.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(BENCHES).getOrComputeIfAbsent(Bench.class, type -> new Bench(), Bench.class);
    }
}
