package e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.opensergo.proto.event.v1.EventOuterClass.Event;
import io.opensergo.proto.transport.v1.OpenSergoUniversalTransportServiceGrpc;
import io.opensergo.proto.transport.v1.Protocol.DataWithVersion;
import io.opensergo.proto.transport.v1.Protocol.Status;
import io.opensergo.proto.transport.v1.Protocol.SubscribeRequest;
import io.opensergo.proto.transport.v1.Protocol.SubscribeRequestTarget;
import io.opensergo.proto.transport.v1.Protocol.SubscribeResponse;

/**
 * Prints every push of a kind no SDK knows as one line of JSON, on generated
 * stubs. See README.md.
 */
final class EventPrinter implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private static final String USAGE = "EventPrinter HOST PORT NAMESPACE APP";
    private static final String KIND = "event.opensergo.io/v1alpha1/Event";
    private static final int OK = 1;
    private static final int INVALID = 4000;
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().preservingProtoFieldNames();

    /** What is sent; set before anything arrives. */
    private ClientCallStreamObserver<SubscribeRequest> requests;

    private EventPrinter() {}

    /** Runs until stdin closes. */
    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            Lines.refuse(USAGE);
        }
        Lines.reserveStdout();
        ManagedChannel channel = NettyChannelBuilder.forAddress(args[0], Integer.parseInt(args[1]))
                .usePlaintext()
                .proxyDetector(address -> null)
                .build();
        SubscribeRequestTarget target = SubscribeRequestTarget.newBuilder()
                .setNamespace(args[2])
                .setApp(args[3])
                .addKinds(KIND)
                .build();
        OpenSergoUniversalTransportServiceGrpc.newStub(channel)
                .subscribeConfig(new EventPrinter())
                .onNext(SubscribeRequest.newBuilder().setTarget(target).setRequestId("1").build());
        Lines.obey((command, argument) -> {
            throw new IllegalArgumentException("unknown command");
        });
        channel.shutdownNow();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> requests) {
        this.requests = requests;
    }

    @Override
    public void onNext(SubscribeResponse response) {
        if (!response.getAck().isEmpty()) {
            sayAnswer(response);
            return;
        }
        SubscribeRequest.Builder reply = SubscribeRequest.newBuilder().setRequestId(response.getResponseId());
        try {
            sayPush(response);
            reply.setResponseAck("ACK").setStatus(Status.newBuilder().setCode(OK));
        } catch (InvalidProtocolBufferException e) {
            say("error", e);
            reply.setResponseAck("NACK")
                    .setStatus(Status.newBuilder().setCode(INVALID).setMessage(e.getMessage()));
        }
        requests.onNext(reply.build());
    }

    @Override
    public void onError(Throwable reason) {
        say("broken", reason);
    }

    @Override
    public void onCompleted() {
        Lines.say(Lines.event("broken"));
    }

    private static void sayPush(SubscribeResponse response) throws InvalidProtocolBufferException {
        DataWithVersion pushed = response.getDataWithVersion();
        JsonArray data = new JsonArray();
        for (Any item : pushed.getDataList()) {
            data.add(JsonParser.parseString(PRINTER.print(item.unpack(Event.class))));
        }
        JsonObject line = Lines.event("push");
        line.addProperty("kind", response.getKind());
        line.addProperty("version", pushed.getVersion());
        line.add("data", data);
        Lines.say(line);
    }

    private static void sayAnswer(SubscribeResponse response) {
        JsonObject line = Lines.event("ack");
        line.addProperty("ack", response.getAck());
        line.addProperty("code", response.getStatus().getCode());
        line.addProperty("message", response.getStatus().getMessage());
        Lines.say(line);
    }

    private static void say(String event, Throwable reason) {
        JsonObject line = Lines.event(event);
        line.addProperty("message", String.valueOf(reason.getMessage()));
        Lines.say(line);
    }
}
