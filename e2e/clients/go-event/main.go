// Command go-event is a test client of the OpenSergo control plane on
// generated stubs, for a kind no SDK knows. See README.md.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	_ "google.golang.org/protobuf/types/known/structpb" // kinds without a message

	_ "opensergo.example/e2e/clients/go-event/stubs/event"
	transport "opensergo.example/e2e/clients/go-event/stubs/transport"
)

// kind is what the client subscribes to, and featureLabel names what else it
// understands than its message.
const (
	kind         = "event.opensergo.io/v1alpha1/Event"
	featureLabel = "opensergo.io/feature"
)

const (
	codeOK      = 1
	codeInvalid = 4000
)

// subscription is the one stream, subscribed.
type subscription = grpc.BidiStreamingClient[transport.SubscribeRequest, transport.SubscribeResponse]

// line is one line of output; its field "event" names it.
type line map[string]any

func main() {
	server := flag.String("server", "127.0.0.1:10246", "`host:port` of the control plane")
	namespace := flag.String("namespace", "default", "namespace to subscribe in")
	app := flag.String("app", "event-example-app", "app to subscribe for")
	features := flag.String("features", "", "comma `list` of features to name")
	flag.Parse()
	target := &transport.SubscribeRequestTarget{
		Namespace: *namespace, App: *app, Kinds: []string{kind}, Labels: labels(*features),
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		untilQuit()
	}()
	if err := run(ctx, *server, target); err != nil && ctx.Err() == nil {
		say("broken", line{"message": err.Error()})
		os.Exit(1)
	}
}

// labels says features as labels of a subscription.
func labels(features string) []*transport.SubscribeLabelKV {
	var labels []*transport.SubscribeLabelKV
	for _, feature := range strings.Split(features, ",") {
		if feature != "" {
			labels = append(labels, &transport.SubscribeLabelKV{Key: featureLabel, Value: feature})
		}
	}
	return labels
}

// run subscribes and answers every push, until the stream ends.
func run(ctx context.Context, server string, target *transport.SubscribeRequestTarget) error {
	// Neither DNS nor a proxy: the address is one.
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy()}
	conn, err := grpc.NewClient("passthrough:///"+server, options...)
	if err != nil {
		return err
	}
	defer conn.Close()
	stream, err := transport.NewOpenSergoUniversalTransportServiceClient(conn).SubscribeConfig(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(&transport.SubscribeRequest{Target: target, RequestId: "1"}); err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := receive(stream, response); err != nil {
			return err
		}
	}
}

// receive prints a push and answers it, or prints what was answered.
func receive(stream subscription, response *transport.SubscribeResponse) error {
	if response.GetAck() != "" {
		status := response.GetStatus()
		say("ack", line{"ack": response.GetAck(), "code": status.GetCode(), "message": status.GetMessage()})
		return nil
	}
	reply := &transport.SubscribeRequest{
		ResponseAck: "ACK", Status: &transport.Status{Code: codeOK}, RequestId: response.GetResponseId(),
	}
	data, err := decode(response.GetDataWithVersion())
	if err != nil {
		reply.ResponseAck = "NACK"
		reply.Status = &transport.Status{Code: codeInvalid, Message: err.Error()}
		say("error", line{"message": err.Error()})
	} else {
		version := response.GetDataWithVersion().GetVersion()
		say("push", line{"kind": response.GetKind(), "version": version, "data": data})
	}
	return stream.Send(reply)
}

// decode reads every message of a push, an Event or a Struct, and returns it
// as JSON with the field names of the proto.
func decode(pushed *transport.DataWithVersion) ([]json.RawMessage, error) {
	data := []json.RawMessage{}
	for i, item := range pushed.GetData() {
		message, err := item.UnmarshalNew()
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
		if err != nil {
			return nil, err
		}
		// protojson varies its spaces from build to build, on purpose.
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			return nil, err
		}
		data = append(data, compact.Bytes())
	}
	return data, nil
}

// say prints one line; only one goroutine calls it.
func say(name string, l line) {
	l["event"] = name
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // lines hold strings, numbers and JSON only
	}
	fmt.Println(string(text))
}

// untilQuit returns when stdin closes or says quit.
func untilQuit() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		if strings.TrimSpace(input.Text()) == "quit" {
			return
		}
	}
}
