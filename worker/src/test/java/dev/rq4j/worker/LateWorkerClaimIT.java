package dev.rq4j.worker;

import static dev.rq4j.worker.ScriptedHandler.ACT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.JobClient;
import dev.rq4j.JobClientOptions;
import dev.rq4j.codec.JacksonCodec;
import dev.rq4j.job.JobId;
import dev.rq4j.testing.RedisExtension;
import dev.rq4j.testing.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A worker's request for jobs that arrives when the worker has sent it again, and is gone. */
class LateWorkerClaimIT extends Scene {

    /** An argument that only requests for jobs have. */
    private static final int LARGEST = 1_234_567;

    @Test
    void takesNothing() {
        try (TcpProxy proxy = new TcpProxy(RedisExtension.uri())) {
            JobClient distant = JobClient.connect(
                    proxy.uri(),
                    JobClientOptions.DEFAULTS
                            .withPrefix(redis.prefix())
                            .withCodec(JacksonCodec.create().withMaxPayloadBytes(LARGEST)));
            RunningWorker worker = run(worker(distant).handle(ACT, script));
            // the server knows the script from now on
            get(enqueue("warm").result());
            proxy.holdRequest(Integer.toString(LARGEST));
            get(enqueue("sent again").result());
            get(enqueue("taken by the next request").result());
            assertThat(proxy.isHolding()).isTrue();
            worker.stop(Duration.ZERO);
            worker.awaitEnd();
            JobId next = enqueue("for others").id();

            proxy.deliverHeld();

            assertThat(redis.queue(QUEUE)).containsExactly(next.value());
            RedisExtension.close(distant);
        }
    }
}
