package e2e;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.EntryType;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.Tracer;
import com.alibaba.csp.sentinel.slots.block.BlockException;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves HTTP, guarded by Sentinel, with rules from OpenSergo. See README.md. */
final class GuardedApp {
    private static final String USAGE = "GuardedApp HOST PORT NAMESPACE APP";
    private static final String REFUSED = "Blocked by Sentinel (flow limiting)";

    /** More threads than any test has calls in flight, so that only rules refuse. */
    private static final int THREADS = 64;

    private GuardedApp() {}

    /** An answer to a call. */
    private record Answer(int status, String body) {}

    /** Runs until stdin closes. */
    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            Lines.refuse(USAGE);
        }
        Lines.reserveStdout();
        Subscription.Address address = Subscription.Address.of(args);
        Path logs = Files.createTempDirectory("sentinel-logs");
        System.setProperty("csp.sentinel.log.dir", logs.toString());
        System.setProperty("EAGLEEYE.LOG.PATH", logs.toString()); // the log of Sentinel's log of refusals
        System.setProperty("csp.sentinel.metric.flush.interval", "0");
        System.setProperty("project.name", address.app());

        SentinelRules rules = new SentinelRules();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        HttpServer server = listen(pool);
        try (Subscription subscription = new Subscription(address, rules)) {
            subscription.startRenewing();
            Lines.obey((command, argument) -> {
                if (!command.equals("rules")) {
                    throw new IllegalArgumentException("unknown command");
                }
                rules.say();
            });
        }
        server.stop(0);
        delete(logs);
        System.exit(0); // neither the pool's threads nor the SDK's are daemons
    }

    private static HttpServer listen(ExecutorService pool) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", GuardedApp::serve);
        server.setExecutor(pool);
        server.start();
        JsonObject line = Lines.event("listening");
        line.addProperty("port", server.getAddress().getPort());
        Lines.say(line);
        return server;
    }

    private static void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        if (!exchange.getRequestMethod().equals("GET")) {
            return new Answer(405, "");
        }
        String resource = path.matches("/foo/[^/]+") ? "/foo/{id}" : path;
        if (!List.of("/foo/{id}", "/hello", "/err").contains(resource)) {
            return new Answer(404, "");
        }
        return guarded("GET:" + resource, heldMillis(exchange.getRequestURI().getQuery()));
    }

    private static Answer guarded(String resource, long heldMillis) {
        Entry entry;
        try {
            entry = SphU.entry(resource, EntryType.IN);
        } catch (BlockException e) {
            return new Answer(429, REFUSED);
        }
        try {
            Thread.sleep(heldMillis);
            if (resource.equals("GET:/err")) {
                throw new IllegalStateException("this page always fails");
            }
            return new Answer(200, resource);
        } catch (InterruptedException | IllegalStateException e) {
            Tracer.traceEntry(e, entry);
            return new Answer(500, e.getMessage());
        } finally {
            entry.exit();
        }
    }

    /** Reads how long a call is to take from "ms=N"; without it, no time. */
    private static long heldMillis(String query) {
        return query != null && query.matches("ms=\\d{1,5}") ? Long.parseLong(query.substring(3)) : 0;
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
