package dev.rq4j.examples.webflux;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The work itself, which knows nothing of jobs. */
@FunctionalInterface
interface ReportWriter {

    /** Writes a report, which is none when there is nothing to write. */
    Mono<Report> write(ReportOrder order);

    /** Returns a writer that takes half a second a page. */
    static ReportWriter slow() {
        return order -> {
            if (order.pages() < 0) {
                return Mono.error(new IllegalArgumentException("a report cannot have " + order.pages() + " pages"));
            }
            return Flux.range(1, order.pages())
                    .delayElements(Duration.ofMillis(500))
                    .map(page -> order.title() + ", page " + page)
                    .collectList()
                    .filter(pages -> !pages.isEmpty())
                    .map(pages -> new Report(order.title(), pages));
        };
    }
}
