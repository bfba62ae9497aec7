package main

import (
	"context"
	"io"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
)

// fakeServer accepts streams in memory and lets the test play the control
// plane on each of them.
type fakeServer struct {
	listener *bufconn.Listener
	accepted chan *fakeStream
}

// fakeStream is the server's end of one stream; end makes the server leave it.
type fakeStream struct {
	grpc.ServerStream
	t   *testing.T
	end chan error
}

func startFakeServer(t *testing.T) *fakeServer {
	f := &fakeServer{listener: bufconn.Listen(64 << 10), accepted: make(chan *fakeStream)}
	server := grpc.NewServer(grpc.ForceServerCodec(rawCodec{}), grpc.UnknownServiceHandler(
		func(_ any, stream grpc.ServerStream) error {
			accepted := &fakeStream{stream, t, make(chan error, 1)}
			select {
			case f.accepted <- accepted:
			case <-stream.Context().Done():
				return nil
			}
			select {
			case err := <-accepted.end:
				return err
			case <-stream.Context().Done():
				return nil
			}
		}))
	go server.Serve(f.listener)
	t.Cleanup(server.Stop)
	return f
}

func (f *fakeServer) connect(t *testing.T) *grpc.ClientConn {
	conn, err := connect("fake", grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return f.listener.DialContext(ctx)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// frame returns the next frame the client sent, as bytes.
func (s *fakeStream) frame() []byte {
	s.t.Helper()
	var frame []byte
	if err := s.RecvMsg(&frame); err != nil {
		s.t.Fatal(err)
	}
	return frame
}

func (s *fakeStream) request() Request {
	s.t.Helper()
	return parseRequest(s.t, s.frame())
}

func (s *fakeStream) push(r Response) {
	s.t.Helper()
	frame := marshalResponse(r)
	if err := s.SendMsg(&frame); err != nil {
		s.t.Fatal(err)
	}
}

func (s *fakeStream) contentType() []string {
	headers, _ := metadata.FromIncomingContext(s.Context())
	return headers.Get("content-type")
}

// parseRequest reads a SubscribeRequest and fails on a field the Go SDK never
// sets, such as identifier.
func parseRequest(t *testing.T, frame []byte) Request {
	t.Helper()
	var r Request
	err := eachField(frame, func(f field) error {
		switch f.number {
		case 1:
			r.Target = parseTarget(t, f.bytes)
		case 2:
			r.Op = f.varint
		case 3:
			r.ResponseAck = string(f.bytes)
		case 4:
			r.Attachment = f.bytes
		case 5:
			r.Status = &Status{}
			return r.Status.parse(f.bytes)
		case 7:
			r.RequestID = string(f.bytes)
		default:
			t.Fatalf("request has field %d", f.number)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func parseTarget(t *testing.T, b []byte) *Target {
	t.Helper()
	var target Target
	err := eachField(b, func(f field) error {
		switch f.number {
		case 1:
			target.Namespace = string(f.bytes)
		case 2:
			target.App = string(f.bytes)
		case 4:
			target.Kinds = append(target.Kinds, string(f.bytes))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &target
}

func marshalResponse(r Response) []byte {
	b := appendBytes(nil, 1, r.Status.marshal())
	b = appendString(b, 2, r.Ack)
	b = appendString(b, 3, r.Namespace)
	b = appendString(b, 4, r.App)
	b = appendString(b, 5, r.Kind)
	if r.Data != nil {
		var data []byte
		for _, item := range r.Data.Items {
			data = appendBytes(data, 1, appendBytes(appendString(nil, 1, item.TypeURL), 2, item.Value))
		}
		b = appendBytes(b, 6, appendVarint(data, 2, uint64(r.Data.Version)))
	}
	if r.ControlPlane != "" {
		b = appendBytes(b, 7, appendString(nil, 1, r.ControlPlane))
	}
	return appendString(b, 8, r.ResponseID)
}

// lines is an observer's output as the test reads it: one line per receive.
func lines(t *testing.T) (*Output, <-chan string) {
	reader, writer := io.Pipe()
	got := make(chan string, 100)
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := reader.Read(buffer) // Output writes one line per call
			if err != nil {
				return
			}
			got <- string(buffer[:n])
		}
	}()
	t.Cleanup(func() { reader.Close() })
	return &Output{to: writer}, got
}
