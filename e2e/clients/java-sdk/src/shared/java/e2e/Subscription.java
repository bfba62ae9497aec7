package e2e;

import com.google.gson.JsonObject;
import io.opensergo.ConfigKind;
import io.opensergo.OpenSergoClient;
import io.opensergo.subscribe.SubscribeKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps one app subscribed through the SDK's public API.
 *
 * <p>A client of SDK 0.1.0 hears nothing 10 s after start(). Renewing, a new
 * client takes over every 7 s; the old one is closed 2 s later, so that
 * whatever is pushed in between reaches one of them, often both.
 *
 * <p>All work on clients happens on one thread; deliveries come on theirs.
 */
final class Subscription implements AutoCloseable {
    private static final long RENEW_SECONDS = 7;
    private static final long OVERLAP_SECONDS = 2;

    /** The kinds of the fault-tolerance group. */
    private static final Set<ConfigKind> FAULT_TOLERANCE = EnumSet.of(
            ConfigKind.FAULT_TOLERANCE_RULE,
            ConfigKind.RATE_LIMIT_STRATEGY,
            ConfigKind.THROTTLING_STRATEGY,
            ConfigKind.CONCURRENCY_LIMIT_STRATEGY,
            ConfigKind.CIRCUIT_BREAKER_STRATEGY);

    /** Hears each delivery: the client's number (from 1), the kind, its version and list. */
    interface Listener {
        void delivered(int client, ConfigKind kind, long version, List<?> messages);
    }

    /** Names a control plane and an app. */
    record Address(String host, int port, String namespace, String app) {
        /** Reads the first four arguments of a program. */
        static Address of(String[] args) {
            return new Address(args[0], Integer.parseInt(args[1]), args[2], args[3]);
        }
    }

    private final Address address;
    private final Listener listener;
    private final Set<ConfigKind> kinds = EnumSet.copyOf(FAULT_TOLERANCE);
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "subscription");
        thread.setDaemon(true);
        return thread;
    });
    private OpenSergoClient client;
    private int clients;

    Subscription(Address address, Listener listener) {
        this.address = address;
        this.listener = listener;
    }

    /** Starts the first client; it alone serves until its 10 s are over. */
    void start() {
        worker.execute(this::renew);
    }

    /** Starts the first client and all that follow it. */
    void startRenewing() {
        worker.scheduleAtFixedRate(this::renew, 0, RENEW_SECONDS, TimeUnit.SECONDS);
    }

    /** Starts a further client now. */
    void renewNow() {
        worker.execute(this::renew);
    }

    /** Subscribes to a kind, now and on all clients to come. */
    void subscribe(ConfigKind kind) {
        worker.execute(() -> {
            kinds.add(kind);
            subscribe(client, clients, kind);
        });
    }

    /** Leaves a kind, now and on all clients to come. */
    void unsubscribe(ConfigKind kind) {
        worker.execute(() -> {
            kinds.remove(kind);
            client.unsubscribeConfig(key(kind));
        });
    }

    @Override
    public void close() {
        worker.execute(() -> close(client));
        worker.shutdown();
        try {
            worker.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        try {
            OpenSergoClient old = client;
            client = new OpenSergoClient(address.host, address.port);
            clients++;
            client.start();
            for (ConfigKind kind : kinds) {
                subscribe(client, clients, kind);
            }
            if (old != null) {
                worker.schedule(() -> close(old), OVERLAP_SECONDS, TimeUnit.SECONDS);
            }
            sayReady();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    private void subscribe(OpenSergoClient client, int number, ConfigKind kind) {
        client.subscribeConfig(key(kind), (key, list) -> {
            long version = client.getConfigCache().getDataVersionFor(key).orElse(0L);
            listener.delivered(number, kind, version, (List<?>) list);
            return true;
        });
    }

    private SubscribeKey key(ConfigKind kind) {
        return new SubscribeKey(address.namespace, address.app, kind);
    }

    private void sayReady() {
        JsonObject line = Lines.event(clients == 1 ? "ready" : "renewed");
        line.addProperty("client", clients);
        Lines.say(line);
    }

    private static void close(OpenSergoClient client) {
        try {
            client.close();
        } catch (Exception e) {
            System.err.println("close: " + e);
        }
    }
}
