package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import dev.rq4j.testing.Eventually;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.LMoveArgs;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class KeptConnectionIT {

    private final RedisConnections connections =
            new RedisConnections(RedisEndpoint.of(RedisExtension.uri()), new ServerCheck(false));
    private final List<StatefulRedisConnection<String, byte[]>> made = new CopyOnWriteArrayList<>();
    private final Mono<StatefulRedisConnection<String, byte[]>> connecting =
            connections.dedicated().doOnNext(made::add);
    private final KeptConnection<StatefulRedisConnection<String, byte[]>> kept =
            new KeptConnection<>(connections, connecting, made -> Mono.empty(), 3);

    @AfterEach
    void close() {
        connections.close().block(Eventually.DEADLINE);
    }

    @Test
    void isMadeWhenNeededAndKept() {
        assertThat(made).isEmpty();
        ping();
        ping();
        assertThat(made).hasSize(1);
    }

    @Test
    void threeTimeoutsInARowEndIt() {
        ping();
        timeOut(3);
        Eventually.holds(() -> assertThat(made.get(0).isOpen()).isFalse());

        ping();

        assertThat(made).hasSize(2);
        assertThat(made.get(1).isOpen()).isTrue();
    }

    @Test
    void anyAnswerInBetweenKeepsIt() {
        timeOut(2);
        ping();
        timeOut(2);
        StepVerifier.create(kept.use(open -> open.reactive()
                        .eval("return redis.error_reply('ERR no')", ScriptOutputType.STATUS)
                        .next()))
                .expectError(JobException.ServerError.class)
                .verify(Eventually.DEADLINE);
        timeOut(2);
        StepVerifier.create(kept.use(open -> open.reactive().get("nothing at all")))
                .expectComplete()
                .verify(Eventually.DEADLINE);
        timeOut(2);

        assertThat(made).hasSize(1);
        assertThat(made.get(0).isOpen()).isTrue();
    }

    /** Ten thousand are sent at once, and Redis is not through with them in time. */
    @Test
    void whatTimesOutWhileOthersAreAnsweredDoesNotEndIt() {
        ping();
        Sinks.Empty<Void> gate = Sinks.empty();
        List<StepVerifier> late = IntStream.range(0, 3)
                .mapToObj(i -> StepVerifier.create(kept.use(
                                open -> gate.asMono().then(Mono.<String>error(new RedisCommandTimeoutException()))))
                        .expectError(JobException.ServerUnavailable.class)
                        .verifyLater())
                .toList();
        ping();
        gate.tryEmitEmpty();
        late.forEach(each -> each.verify(Eventually.DEADLINE));

        ping();

        assertThat(made).hasSize(1);
    }

    @Test
    void whatIsStillUnderWayWhenItEndsMayBeSentAgain() {
        ping();
        Mono<?> late = kept.use(open ->
                        open.reactive().blmove("nothing at all", "nothing at all", LMoveArgs.Builder.leftLeft(), 20))
                .cache();
        late.subscribe(value -> {}, error -> {});
        timeOut(3);

        StepVerifier.create(late)
                .expectErrorSatisfies(
                        error -> assertThat(RedisErrors.isTransient(error)).isTrue())
                .verify(Eventually.DEADLINE);
    }

    @Test
    void closedWhileBeingMadeItIsClosedAsSoonAsItIs() {
        Sinks.Empty<Void> gate = Sinks.empty();
        KeptConnection<StatefulRedisConnection<String, byte[]>> slow =
                new KeptConnection<>(connections, gate.asMono().then(connecting), made -> Mono.empty(), 3);

        StepVerifier.create(slow.use(open -> open.reactive().ping()))
                .then(() -> slow.close().block(Eventually.DEADLINE))
                .then(gate::tryEmitEmpty)
                .expectError(JobException.Closed.class)
                .verify(Eventually.DEADLINE);
        Eventually.holds(() -> assertThat(made.get(0).isOpen()).isFalse());

        StepVerifier.create(slow.use(open -> open.reactive().ping()))
                .expectError(JobException.Closed.class)
                .verify(Eventually.DEADLINE);
        assertThat(made).hasSize(1);
    }

    private void ping() {
        assertThat(kept.use(open -> open.reactive().ping()).block(Eventually.DEADLINE))
                .isEqualTo("PONG");
    }

    private void timeOut(int times) {
        for (int i = 0; i < times; i++) {
            StepVerifier.create(kept.use(open -> Mono.error(new RedisCommandTimeoutException())))
                    .expectError(JobException.ServerUnavailable.class)
                    .verify(Eventually.DEADLINE);
        }
    }
}
