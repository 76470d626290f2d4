package dev.rq4j.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rq4j.job.JobException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Who comes and goes while channels are subscribed to, without Redis. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelsTest {

    private final ByHand source = new ByHand();
    private final Channels channels = new Channels(source);

    @Test
    void listenersAreToldThatTheyHearWithoutTheLock() {
        Party first = new Party();
        Party second = new Party();

        channels.join("c", first);
        source.listeners.get(0).heard("c", 1);
        channels.join("c", second);

        assertThat(first.lockedWhenHeard).containsExactly(false);
        assertThat(second.lockedWhenHeard).containsExactly(false);
    }

    @Test
    void whoComesWhenSubscribingIsJustGivenUpIsSubscribedForAnew() throws Exception {
        Party first = new Party();
        Party second = new Party();
        channels.join("c", first);
        channels.leave("c", first);
        Thread driver = new Thread(
                () -> source.subscriptions.get(0).error(new JobException.ServerUnavailable("away for now", null)));

        synchronized (channels) {
            driver.start();
            while (driver.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            channels.join("c", second);
        }
        driver.join();

        assertThat(source.subscriptions).hasSize(2);
        source.listeners.get(1).heard("c", 1);
        assertThat(second.lockedWhenHeard).hasSize(1);
    }

    @Test
    void whatNobodyWantsAnyMoreWhenItFailsIsUnsubscribedFrom() {
        Party party = new Party();
        channels.join("c", party);
        channels.leave("c", party);

        source.subscriptions.get(0).error(new JobException.ServerUnavailable("away for now", null));

        assertThat(source.subscriptions).hasSize(1);
        assertThat(source.unsubscribed).containsExactly("c");
    }

    private static final class ByHand implements Channels.Source {
        private final List<PubSub.Listener> listeners = new CopyOnWriteArrayList<>();
        private final List<MonoSink<Void>> subscriptions = new CopyOnWriteArrayList<>();
        private final List<String> unsubscribed = new CopyOnWriteArrayList<>();

        @Override
        public Mono<Void> subscribe(Collection<String> names, PubSub.Listener listener) {
            listeners.add(listener);
            return Mono.create(subscriptions::add);
        }

        @Override
        public Mono<Void> unsubscribe(Collection<String> names) {
            return Mono.fromRunnable(() -> unsubscribed.addAll(names));
        }
    }

    private final class Party implements Channels.Listener {
        private final List<Boolean> lockedWhenHeard = new ArrayList<>();

        @Override
        public void heard() {
            lockedWhenHeard.add(Thread.holdsLock(channels));
        }

        @Override
        public void message(byte[] message) {}

        @Override
        public void refused(Throwable error) {}
    }
}
