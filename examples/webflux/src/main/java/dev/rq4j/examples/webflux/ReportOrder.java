package dev.rq4j.examples.webflux;

import java.util.Objects;

/** What is to be reported: the body of the request, and the input of the job. */
record ReportOrder(String title, int pages) {

    ReportOrder {
        Objects.requireNonNull(title, "title");
    }
}
