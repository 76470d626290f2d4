package dev.rq4j.examples.webflux;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the application and says what to try. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WebfluxApplication {

    private static final String TRY = """

            Try, in another terminal:
              curl -i localhost:%1$s/reports -H 'content-type: application/json' -d '{"title": "March", "pages": 20}'
              curl -i 'localhost:%1$s/reports?id=april' -H 'content-type: application/json' -d '{"title": "April", "pages": 20}'
              curl -N localhost:%1$s/reports/april/events                # its status, as it changes
              curl -i localhost:%1$s/reports/april                       # its status now
              curl -i 'localhost:%1$s/reports/april/result?timeout=1s'   # waits for it, and gives up: 202
              curl -i 'localhost:%1$s/reports/april/result?timeout=30s'  # waits for it
              curl -i -X DELETE localhost:%1$s/reports/april             # takes it back, if it has not ended
              "pages": 0 returns nothing, "pages": -1 fails. Ctrl-C stops in order.
            """;

    /** Runs until it is told to stop; {@code --rq4j.redis=redis://host} says which Redis to use. */
    public static void main(String[] args) {
        String port = SpringApplication.run(WebfluxApplication.class, args)
                .getEnvironment()
                .getProperty("local.server.port");
        System.out.println(TRY.formatted(port));
    }
}
