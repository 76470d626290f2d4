package dev.rq4j.testing;

import dev.rq4j.embedded.EmbeddedRedis;
import io.lettuce.core.FlushMode;
import io.lettuce.core.KillArgs;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.UnblockType;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a real server can have, such that it answers commands with one error, and can be cured of. */
public enum Trouble {
    /** It reads its data after a restart, slowly. */
    LOADING("--key-load-delay", "4000", "--loading-process-events-interval-bytes", "1024") {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            for (int i = 0; i < 500; i++) {
                raw.commands().set("filler:" + i, "x".repeat(600));
            }
            raw.commands().save();
            server.kill();
            CompletableFuture.runAsync(server::restart);
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            Eventually.holds(() -> check(raw.commands().info("persistence").contains("loading:0")));
        }
    },
    /** A script of somebody else's takes too long. */
    BUSY("--busy-reply-threshold", "50") {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().getStatefulConnection().async().eval("while true do end", ScriptOutputType.STATUS);
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            try (RawRedis other = new RawRedis(server.uri(), "rq")) {
                other.commands().scriptKill();
            }
        }
    },
    /** It cannot write its snapshot, and takes no writes because of that. */
    MISCONF("--save", "3600 1") {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            try {
                Files.createDirectories(server.directory().resolve("dump.rdb"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            raw.commands().bgsave();
            Eventually.holds(() -> check(raw.commands().info("persistence").contains("rdb_last_bgsave_status:err")));
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("stop-writes-on-bgsave-error", "no");
        }
    },
    /** It is a replica that has lost its master, and tells nothing that may be stale. */
    MASTERDOWN("--replica-serve-stale-data", "no", "--replica-read-only", "no") {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().replicaof("127.0.0.1", NOBODY);
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().replicaofNoOne();
        }
    },
    /** It has become a replica. */
    READONLY {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().replicaof("127.0.0.1", NOBODY);
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().replicaofNoOne();
        }
    },
    /** Its replicas are gone, and it wants one. */
    NOREPLICAS {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("min-replicas-to-write", "1");
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("min-replicas-to-write", "0");
        }
    },
    /** It is a node of a cluster of which parts are gone. */
    CLUSTERDOWN("--cluster-enabled", "yes") {
        @Override
        void prepare(RawRedis raw) {
            raw.commands().clusterAddSlotsRange(Range.create(0, LAST_SLOT));
            Eventually.holds(() -> check(raw.commands().clusterInfo().contains("cluster_state:ok")));
        }

        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().clusterDelSlots(LAST_SLOT);
            Eventually.holds(() -> check(raw.commands().clusterInfo().contains("cluster_state:fail")));
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().clusterAddSlots(LAST_SLOT);
        }
    },
    /** All connections are broken, and it takes no more of them. */
    MAXCLIENTS {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("maxclients", "1");
            raw.commands().clientKill(KillArgs.Builder.skipme());
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("maxclients", "1000");
        }
    },
    /** It has forgotten all scripts. */
    NOSCRIPT {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().scriptFlush(FlushMode.SYNC);
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            // nothing to cure
        }
    },
    /** It sends away all who block. */
    UNBLOCKED {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            RedisCommands<String, String> redis = raw.commands();
            redis.clientList()
                    .lines()
                    .filter(client -> client.contains("cmd=blmove"))
                    .map(client -> Pattern.compile("^id=(\\d+)").matcher(client))
                    .filter(Matcher::find)
                    .forEach(id -> redis.clientUnblock(Long.parseLong(id.group(1)), UnblockType.ERROR));
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            // nothing to cure
        }
    },
    /** Its memory is full. */
    OOM {
        @Override
        public void inflict(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("maxmemory", "500kb");
        }

        @Override
        public void cure(EmbeddedRedis server, RawRedis raw) {
            raw.commands().configSet("maxmemory", "0");
        }
    };

    private static final int NOBODY = 1;
    private static final int LAST_SLOT = 16_383;

    private final List<String> arguments;

    Trouble(String... arguments) {
        this.arguments = List.of(arguments);
    }

    /** Starts a server that can have this trouble, and has not yet. */
    public EmbeddedRedis start() {
        EmbeddedRedis server = EmbeddedRedis.start(arguments.toArray(String[]::new));
        try (RawRedis raw = new RawRedis(server.uri(), "rq")) {
            prepare(raw);
        }
        return server;
    }

    void prepare(RawRedis raw) {
        // most need nothing more
    }

    /** Brings it about. */
    public abstract void inflict(EmbeddedRedis server, RawRedis raw);

    /** Ends it, or waits until it has passed. */
    public abstract void cure(EmbeddedRedis server, RawRedis raw);

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("not yet");
        }
    }
}
