package main

import (
	"bytes"
	"reflect"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func openRaw(t *testing.T) (*Raw, *fakeStream, <-chan string) {
	server := startFakeServer(t)
	out, got := lines(t)
	raw := NewRaw(t.Context(), server.connect(t), out, "default", "foo-app")
	if err := raw.Open(); err != nil {
		t.Fatal(err)
	}
	expect(t, got, `{"event":"connected","stream":1}`)
	return raw, <-server.accepted, got
}

func expect(t *testing.T, got <-chan string, want string) {
	t.Helper()
	if line := <-got; line != want+"\n" {
		t.Errorf("got  %swant %s", line, want)
	}
}

func TestRawSendsWhatNoSDKWouldSend(t *testing.T) {
	rules := allKinds()[:1]
	for _, story := range []struct {
		command, argument string
		want              Request
	}{
		{"send-nack-without-status", "", Request{ResponseAck: "NACK"}},
		{"send-ack-before-subscribe", "", Request{ResponseAck: "ACK", Status: &Status{Code: 1}}},
		{"send-empty-target", "", Request{Target: &Target{}, RequestID: "raw-1"}},
		{"send-no-target", "", Request{RequestID: "raw-1"}},
		{"send-kinds", "7", Request{Target: &Target{"default", "foo-app", append(allKinds(), kindPrefix+"Kind5", kindPrefix+"Kind6")}, RequestID: "raw-1"}},
		{"send-kinds", "0", Request{Target: &Target{"default", "foo-app", nil}, RequestID: "raw-1"}},
		{"send-unknown-kind", "", Request{Target: &Target{"default", "foo-app", []string{"unknown.opensergo.io/v1alpha1/Nothing"}}, RequestID: "raw-1"}},
		{"send-invalid-utf8", "", Request{Target: &Target{"default", "app-\xff\xfe", rules}, RequestID: "raw-1"}},
		{"subscribe", "some/kind", Request{Target: &Target{"default", "foo-app", []string{"some/kind"}}, RequestID: "raw-1"}},
		{"unsubscribe", "some/kind", Request{Target: &Target{"default", "foo-app", []string{"some/kind"}}, Op: 1, RequestID: "raw-1"}},
	} {
		t.Run(story.command, func(t *testing.T) {
			raw, stream, _ := openRaw(t)
			if err := raw.Do(story.command, story.argument); err != nil {
				t.Fatal(err)
			}
			if got := stream.request(); !reflect.DeepEqual(got, story.want) {
				t.Errorf("got %+v, want %+v", got, story.want)
			}
		})
	}
}

func TestRawSendsHugeFrames(t *testing.T) {
	raw, stream, _ := openRaw(t)
	sent := make(chan error, 1)
	go func() { sent <- raw.Do("send-huge", "300000") }()
	if got := stream.frame(); !bytes.Contains(got, make([]byte, 300000)) {
		t.Errorf("got a frame of %d bytes", len(got))
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestRawPrintsEachFrameAndTheEnd(t *testing.T) {
	_, stream, got := openRaw(t)
	stream.push(Response{
		Status: Status{4002, "no kinds"}, Ack: "NACK", ControlPlane: "plane-1", ResponseID: "raw-1",
	})
	expect(t, got, `{"ack":"NACK","app":"","code":4002,"control_plane":"plane-1","event":"frame","kind":"",`+
		`"message":"no kinds","namespace":"","response_id":"raw-1","stream":1}`)
	stream.push(pushOf(rateLimits, 3, rateLimit()))
	expect(t, got, `{"ack":"","app":"foo-app","code":1,"control_plane":"","event":"frame","items":1,"kind":"`+rateLimits.Kind+
		`","message":"","namespace":"default","response_id":"r-7","stream":1,"version":3}`)
	stream.end <- status.Error(codes.InvalidArgument, "not UTF-8")
	expect(t, got, `{"code":"InvalidArgument","event":"ended","message":"not UTF-8","stream":1}`)
}

func TestRawThatStopsReadingPrintsNothingMore(t *testing.T) {
	raw, stream, got := openRaw(t)
	if err := raw.Do("stop-reading", ""); err != nil {
		t.Fatal(err)
	}
	expect(t, got, `{"command":"stop-reading","event":"sent"}`)
	stream.push(pushOf(rateLimits, 3))
	stream.end <- nil
	if err := raw.Do("unknown", ""); err == nil || err.Error() != `unknown command "unknown"` {
		t.Errorf("got %v", err)
	}
	raw.out.Say("last", nil)
	expect(t, got, `{"event":"last"}`)
}
