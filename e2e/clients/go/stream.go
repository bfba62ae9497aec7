package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
)

// Observer is told what happens on one stream, from that stream's goroutine.
type Observer interface {
	Connected(stream int)
	Broken(stream int, err error)
	Received(stream int, r Response, o Outcome)
}

// Stream keeps one subscription stream going, in the manner of the Go SDK: a
// broken one is opened again at the next tick and every key is subscribed
// again, in arbitrary order.
type Stream struct {
	number   int
	conn     *grpc.ClientConn
	tick     time.Duration
	observer Observer

	mu      sync.Mutex // guards what follows, and writes to call
	session *Session
	call    grpc.ClientStream
}

// NewStream returns a stream that Run will open and that subscribes to keys.
func NewStream(number int, conn *grpc.ClientConn, tick time.Duration, observer Observer, keys []Key) *Stream {
	s := &Stream{number: number, conn: conn, tick: tick, observer: observer, session: NewSession()}
	for _, key := range keys {
		s.session.Subscribe(key)
	}
	return s
}

// Run opens the stream, reads it, and opens it again, until ctx ends.
func (s *Stream) Run(ctx context.Context) {
	ticker := time.NewTicker(s.tick)
	defer ticker.Stop()
	for {
		err := s.readToEnd(ctx)
		if ctx.Err() != nil {
			return
		}
		s.observer.Broken(s.number, err)
		select {
		case <-ticker.C: // a tick that passed while the stream was well
		default:
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Subscribe adds a key and, on a live stream, asks for it at once.
func (s *Stream) Subscribe(key Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.send(s.session.Subscribe(key))
}

// Unsubscribe removes a key and, on a live stream, says so.
func (s *Stream) Unsubscribe(key Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.send(s.session.Unsubscribe(key))
}

func (s *Stream) readToEnd(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	call, err := open(ctx, s.conn)
	if err != nil {
		return err
	}
	if err := s.attach(call); err != nil {
		return err
	}
	defer s.detach()
	s.observer.Connected(s.number)
	for {
		var frame []byte
		if err := call.RecvMsg(&frame); err != nil {
			return err
		}
		response, err := ParseResponse(frame)
		if err != nil {
			return err
		}
		if err := s.receive(response); err != nil {
			return err
		}
	}
}

// attach makes call the live one and subscribes all keys on it.
func (s *Stream) attach(call grpc.ClientStream) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call = call
	for _, key := range s.session.Subscribed() {
		if err := s.send(Request{Target: key.target()}); err != nil {
			s.call = nil
			return err
		}
	}
	return nil
}

func (s *Stream) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call = nil
}

func (s *Stream) receive(r Response) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcome := s.session.Receive(r)
	s.observer.Received(s.number, r, outcome)
	if outcome.Reply == nil {
		return nil
	}
	return s.send(*outcome.Reply)
}

// send writes to the live call, or does nothing without one. Callers hold mu.
func (s *Stream) send(r Request) error {
	if s.call == nil {
		return nil
	}
	frame := r.Marshal()
	return s.call.SendMsg(&frame)
}

// scheme keeps addresses out of DNS and proxies.
const scheme = "passthrough:///"

// connect prepares a plaintext connection, small enough to hold a thousand.
func connect(server string, extra ...grpc.DialOption) (*grpc.ClientConn, error) {
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})),
		grpc.WithNoProxy(),
		grpc.WithReadBufferSize(4 << 10),
		grpc.WithWriteBufferSize(4 << 10),
		// A fixed window, so that a client that does not read pushes back early.
		grpc.WithInitialWindowSize(64 << 10),
		grpc.WithInitialConnWindowSize(64 << 10),
		// Ours is the only retry rhythm: a connection is never the one to wait.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1, MaxDelay: 50 * time.Millisecond},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	return grpc.NewClient(scheme+server, append(options, extra...)...)
}

// patience bounds the wait for a connection; longer than any handshake on one
// machine, shorter than the usual tick.
const patience = 2 * time.Second

// open starts one SubscribeConfig call, waiting with patience for the
// connection to stand.
func open(ctx context.Context, conn *grpc.ClientConn) (grpc.ClientStream, error) {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn.Connect()
	for state := conn.GetState(); state != connectivity.Ready; state = conn.GetState() {
		if state == connectivity.Idle {
			conn.Connect()
		}
		if !conn.WaitForStateChange(wait, state) {
			return nil, fmt.Errorf("no connection to %s: %s", strings.TrimPrefix(conn.Target(), scheme), state)
		}
	}
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	return conn.NewStream(ctx, description, method)
}

// rawCodec passes frames through as bytes.
type rawCodec struct{}

// Name is empty so that the content type stays "application/grpc", as it is
// when generated code calls.
func (rawCodec) Name() string { return "" }

func (rawCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (rawCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
