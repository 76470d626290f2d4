package dev.rq4j.examples.benchmark;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Listens to how long the garbage collector holds everything up. */
final class Pauses implements AutoCloseable {

    /** So begin the names of collections that do not: they run beside the program. */
    private static final List<String> BESIDE = List.of("G1 Concurrent", "ZGC Cycles", "Shenandoah Cycles");

    private final ConcurrentLinkedQueue<Long> pauses = new ConcurrentLinkedQueue<>();
    private final NotificationListener listener = (notification, handback) -> heard(notification);
    private final List<NotificationEmitter> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(collector -> BESIDE.stream().noneMatch(collector.getName()::startsWith))
            .filter(NotificationEmitter.class::isInstance)
            .map(NotificationEmitter.class::cast)
            .toList();

    Pauses() {
        collectors.forEach(collector -> collector.addNotificationListener(listener, null, null));
    }

    private void heard(Notification notification) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            pauses.add(GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                    .getGcInfo()
                    .getDuration());
        }
    }

    int count() {
        return pauses.size();
    }

    /** Returns how long all of them took. */
    long millis() {
        return pauses.stream().mapToLong(Long::longValue).sum();
    }

    long longest() {
        return pauses.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    @Override
    public void close() throws ListenerNotFoundException {
        for (NotificationEmitter collector : collectors) {
            collector.removeNotificationListener(listener);
        }
    }
}
