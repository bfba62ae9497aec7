package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func allKeys() []Key {
	return options{namespace: "default", app: "foo-app", kinds: allKinds()}.keys()
}

func runUntilCleanup(t *testing.T, stream *Stream) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		stream.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// subscribedKinds reads one SUBSCRIBE per kind and returns the kinds, sorted.
func subscribedKinds(s *fakeStream) []string {
	var kinds []string
	for range simpleKinds {
		request := s.request()
		want := Request{Target: &Target{"default", "foo-app", request.Target.Kinds}}
		if len(request.Target.Kinds) != 1 || !reflect.DeepEqual(request, want) {
			s.t.Errorf("got %+v, want %+v", request, want)
		}
		kinds = append(kinds, request.Target.Kinds...)
	}
	slices.Sort(kinds)
	return kinds
}

func TestAStreamSubscribesOneKindEachAndAnswersPushes(t *testing.T) {
	server := startFakeServer(t)
	out, got := lines(t)
	runUntilCleanup(t, NewStream(0, server.connect(t), time.Minute, Printer{out}, allKeys()))

	stream := <-server.accepted
	if got, want := stream.contentType(), []string{"application/grpc"}; !reflect.DeepEqual(got, want) {
		t.Errorf("content type: got %q, want %q", got, want)
	}
	if got, want := subscribedKinds(stream), slices.Sorted(slices.Values(allKinds())); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	stream.push(pushOf(rateLimits, 3, rateLimit()))
	if got, want := stream.request(), *ackOf(1, ""); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, want := range []string{
		`{"event":"connected"}`,
		`{"app":"foo-app","code":1,"data":[` + rateLimitJSON + `],"event":"push","kind":"` + rateLimits.Kind +
			`","namespace":"default","response_id":"r-7","version":3}`,
		`{"ack":"ACK","code":1,"event":"reply","kind":"` + rateLimits.Kind + `","message":"","request_id":"r-7"}`,
	} {
		if line := <-got; line != want+"\n" {
			t.Errorf("got  %swant %s", line, want)
		}
	}
}

func TestABrokenStreamComesBackAtTheTickWithAllKindsAndItsVersions(t *testing.T) {
	server := startFakeServer(t)
	out, got := lines(t)
	runUntilCleanup(t, NewStream(0, server.connect(t), time.Millisecond, Printer{out}, allKeys()))

	first := <-server.accepted
	subscribedKinds(first)
	first.push(pushOf(rateLimits, 3))
	first.request()
	first.end <- status.Error(codes.Unavailable, "going away")

	second := <-server.accepted
	if got, want := subscribedKinds(second), slices.Sorted(slices.Values(allKinds())); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	second.push(pushOf(rateLimits, 2))
	if got, want := second.request(), *ackOf(4010, ""); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var events []string
	for range 7 {
		events = append(events, eventOf(t, <-got))
	}
	want := []string{"connected", "push", "reply", "broken", "connected", "dropped", "reply"}
	if !slices.Equal(events, want) {
		t.Errorf("got %q, want %q", events, want)
	}
}

func eventOf(t *testing.T, line string) string {
	t.Helper()
	var l struct{ Event string }
	if err := json.Unmarshal([]byte(line), &l); err != nil {
		t.Fatal(err)
	}
	return l.Event
}

func TestACrowdSaysOnceThatAllHaveAVersion(t *testing.T) {
	const size = 20
	server := startFakeServer(t)
	conn := server.connect(t)
	out, got := lines(t)
	crowd := NewCrowd(out, size)
	for i := range size {
		runUntilCleanup(t, NewStream(i, conn, time.Minute, crowd, []Key{rateLimits}))
	}
	for range size {
		stream := <-server.accepted
		stream.request()
		stream.push(pushOf(rateLimits, 3))
		stream.push(pushOf(rateLimits, 3)) // sent again, counted once
		stream.request()
		stream.request()
	}
	crowd.Stats()
	connected := fmt.Sprintf(`{"event":"connected","streams":%d}`, size)
	all := fmt.Sprintf(`{"event":"all","kind":%q,"streams":%d,"version":3}`, rateLimits.Kind, size)
	stats := fmt.Sprintf(`{"acks":0,"connected":%d,"event":"stats","reached":{%q:{"3":%d}},"replies":{"1":%d},"streams":%d}`,
		size, rateLimits.Kind, size, 2*size, size)
	for _, want := range []string{connected, all, stats} {
		if line := <-got; line != want+"\n" {
			t.Errorf("got  %swant %s", line, want)
		}
	}
}
