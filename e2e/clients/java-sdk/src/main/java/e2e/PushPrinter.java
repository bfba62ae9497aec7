package e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.opensergo.ConfigKind;
import java.util.List;

/** Prints every delivery of the Java SDK as one line of JSON. See README.md. */
final class PushPrinter {
    private static final String USAGE = "PushPrinter HOST PORT NAMESPACE APP [--renew]";
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().includingDefaultValueFields();

    private PushPrinter() {}

    /** Runs until stdin closes. */
    public static void main(String[] args) throws Exception {
        boolean renew = args.length == 5 && args[4].equals("--renew");
        if (args.length != 4 && !renew) {
            Lines.refuse(USAGE);
        }
        Lines.reserveStdout();
        try (Subscription subscription = new Subscription(Subscription.Address.of(args), PushPrinter::print)) {
            if (renew) {
                subscription.startRenewing();
            } else {
                subscription.start();
            }
            Lines.obey((command, argument) -> obey(subscription, command, argument));
        }
        System.exit(0); // the SDK's threads are not daemons
    }

    private static void obey(Subscription subscription, String command, String argument) {
        switch (command) {
            case "subscribe" -> subscription.subscribe(kind(argument));
            case "unsubscribe" -> subscription.unsubscribe(kind(argument));
            case "renew" -> subscription.renewNow();
            default -> throw new IllegalArgumentException("unknown command");
        }
    }

    private static ConfigKind kind(String name) {
        for (ConfigKind kind : ConfigKind.values()) {
            if (kind.getKindName().equals(name) || kind.getSimpleKindName().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown kind " + name);
    }

    private static void print(int client, ConfigKind kind, long version, List<?> messages) {
        JsonArray data = new JsonArray();
        for (Object message : messages) {
            data.add(message instanceof RouteConfiguration router ? RouteReading.of(router) : json((MessageOrBuilder) message));
        }
        JsonObject line = Lines.event("push");
        line.addProperty("client", client);
        line.addProperty("kind", kind.getKindName());
        line.addProperty("version", version);
        line.add("data", data);
        Lines.say(line);
    }

    private static JsonObject json(MessageOrBuilder message) {
        try {
            return JsonParser.parseString(PRINTER.print(message)).getAsJsonObject();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
