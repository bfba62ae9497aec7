package e2e;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/** Speaks with the test that started the program: JSON lines out, commands in. */
final class Lines {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static final PrintStream OUT = System.out;

    private Lines() {}

    /** Keeps stdout for lines: what libraries print there goes to stderr from now on. */
    static void reserveStdout() {
        System.setOut(System.err);
    }

    /** Starts a line; its field "event" names it. */
    static JsonObject event(String name) {
        JsonObject line = new JsonObject();
        line.addProperty("event", name);
        return line;
    }

    /** Prints one line, whole and flushed, from any thread. */
    static synchronized void say(JsonObject line) {
        OUT.println(GSON.toJson(line));
        OUT.flush();
    }

    /**
     * Obeys one command per line until "quit" or the end of stdin. What a
     * command throws is printed as an event "error".
     */
    static void obey(BiConsumer<String, String> command) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.strip().split(" ", 2);
            if (words[0].equals("quit")) {
                return;
            }
            try {
                command.accept(words[0], words.length > 1 ? words[1] : "");
            } catch (RuntimeException e) {
                JsonObject error = event("error");
                error.addProperty("command", words[0]);
                error.addProperty("message", String.valueOf(e.getMessage()));
                say(error);
            }
        }
    }

    /** Ends the program with a sentence about how it is called. */
    static void refuse(String usage) {
        System.err.println("usage: " + usage);
        System.exit(2);
    }
}
