package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"
)

const (
	kindPrefix = "fault-tolerance.opensergo.io/v1alpha1/"
	typePrefix = "type.googleapis.com/"
)

// simpleKinds are the fault-tolerance kinds; each is also the name of its
// message.
var simpleKinds = []string{
	"FaultToleranceRule",
	"RateLimitStrategy",
	"ThrottlingStrategy",
	"ConcurrencyLimitStrategy",
	"CircuitBreakerStrategy",
}

// payloads holds the message type of each kind, by full kind name.
var payloads = loadPayloads()

// allKinds returns the full names of all kinds.
func allKinds() []string {
	kinds := make([]string, len(simpleKinds))
	for i, simple := range simpleKinds {
		kinds[i] = kindPrefix + simple
	}
	return kinds
}

func knownKind(kind string) bool {
	_, known := payloads[kind]
	return known
}

// decodePayload reads an Any that must hold the message of the kind, and
// returns it as JSON with the field names of the proto and all defaults.
func decodePayload(kind string, item Any) (json.RawMessage, error) {
	descriptor := payloads[kind]
	if want := typePrefix + string(descriptor.FullName()); item.TypeURL != want {
		return nil, fmt.Errorf("type %q, want %q", item.TypeURL, want)
	}
	message := dynamicpb.NewMessage(descriptor)
	if err := proto.Unmarshal(item.Value, message); err != nil {
		return nil, err
	}
	options := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}
	text, err := options.Marshal(message)
	if err != nil {
		return nil, err
	}
	// protojson varies its spaces from build to build, on purpose.
	var compact bytes.Buffer
	err = json.Compact(&compact, text)
	return compact.Bytes(), err
}
