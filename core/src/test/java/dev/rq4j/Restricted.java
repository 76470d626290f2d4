package dev.rq4j;

import dev.rq4j.testing.RawRedis;
import dev.rq4j.testing.RedisExtension;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.function.Consumer;

/** Clients that lack a right. */
final class Restricted {

    private Restricted() {}

    /** Does something with the client of a user who may do everything but this. */
    static void without(CommandType command, RawRedis redis, Consumer<JobClient> action) {
        String user = redis.prefix();
        AclSetuserArgs all = AclSetuserArgs.Builder.on()
                .addPassword("secret")
                .allKeys()
                .allChannels()
                .allCommands()
                .removeCommand(command);
        redis.commands().aclSetuser(user, all);
        JobClient client = JobClient.connect(
                RedisExtension.uri().replace("://", "://" + user + ":secret@"),
                JobClientOptions.DEFAULTS.withPrefix(redis.prefix()));
        try {
            action.accept(client);
        } finally {
            RedisExtension.close(client);
            redis.commands().aclDeluser(user);
        }
    }
}
