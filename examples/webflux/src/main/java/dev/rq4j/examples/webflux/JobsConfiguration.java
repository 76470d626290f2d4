package dev.rq4j.examples.webflux;

import dev.rq4j.JobClient;
import dev.rq4j.JobQueue;
import dev.rq4j.embedded.EmbeddedRedis;
import dev.rq4j.worker.Worker;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The client, the queue and the worker. Neither waits for Redis: the application starts without it too. */
@Configuration(proxyBeanMethods = false)
class JobsConfiguration {

    /** Spring waits for what {@code close} returns, after everything that uses the client has stopped. */
    @Bean(destroyMethod = "close")
    JobClient jobClient(Rq4jProperties properties, ObjectProvider<EmbeddedRedis> ownRedis) {
        String uri = properties.redis();
        return JobClient.connect(uri == null ? ownRedis.getObject().uri() : uri);
    }

    /** Starts only if it is asked for. */
    @Bean(destroyMethod = "close")
    @Lazy
    EmbeddedRedis ownRedis() {
        return EmbeddedRedis.start();
    }

    @Bean
    JobQueue reportQueue(JobClient jobs, Rq4jProperties properties) {
        return jobs.queue(properties.queue());
    }

    /** Spring hears the signals and stops the worker, see {@link WorkerLifecycle}. */
    @Bean
    Worker worker(JobClient jobs, Rq4jProperties properties, ReportWriter writer) {
        return Worker.builder(jobs)
                .queues(properties.queue())
                .concurrency(properties.concurrency())
                .keepsRunningOnSignals()
                .handle(ReportController.WRITE_REPORT, writer::write)
                .build();
    }

    @Bean
    ReportWriter reportWriter() {
        return ReportWriter.slow();
    }
}
