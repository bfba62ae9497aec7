package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Raw sends on one stream exactly what it is told, however wrong, and prints
// each frame that comes back and the end of the stream.
type Raw struct {
	ctx    context.Context
	conn   *grpc.ClientConn
	out    *Output
	target Target // namespace and app of well-formed requests

	call    grpc.ClientStream
	cancel  context.CancelFunc
	deaf    *atomic.Bool // set: the current stream is never read again
	streams int
	sent    int
}

// NewRaw returns a Raw that has no stream yet.
func NewRaw(ctx context.Context, conn *grpc.ClientConn, out *Output, namespace, app string) *Raw {
	return &Raw{ctx: ctx, conn: conn, out: out, target: Target{Namespace: namespace, App: app}}
}

// Open leaves the stream there is, if any, and opens the next.
func (r *Raw) Open() error {
	if r.cancel != nil {
		r.cancel()
	}
	ctx, cancel := context.WithCancel(r.ctx)
	call, err := open(ctx, r.conn)
	if err != nil {
		cancel()
		return err
	}
	r.call, r.cancel, r.deaf = call, cancel, &atomic.Bool{}
	r.streams++
	r.out.Say("connected", Line{"stream": r.streams})
	go read(call, r.deaf, r.out, r.streams)
	return nil
}

// Do obeys one command.
func (r *Raw) Do(command, argument string) error {
	switch command {
	case "open":
		return r.Open()
	case "close-send":
		return r.call.CloseSend()
	case "stop-reading":
		r.deaf.Store(true)
		r.out.Say("sent", Line{"command": command})
		return nil
	}
	request, err := r.request(command, argument)
	if err != nil {
		return err
	}
	frame := request.Marshal()
	if err := r.call.SendMsg(&frame); err != nil && !errors.Is(err, io.EOF) {
		return err // io.EOF only says that the reader learns more
	}
	r.out.Say("sent", Line{"command": command, "request_id": request.RequestID, "bytes": len(frame)})
	return nil
}

// request builds the frame a command asks for. Requests other than ACK and
// NACK carry a request_id of their own, so that answers can be matched.
func (r *Raw) request(command, argument string) (Request, error) {
	switch command {
	case "send-nack-without-status":
		return Request{ResponseAck: "NACK"}, nil
	case "send-ack-before-subscribe":
		return Request{ResponseAck: "ACK", Status: &Status{Code: codeOK}}, nil
	}
	r.sent++
	request := Request{RequestID: "raw-" + strconv.Itoa(r.sent)}
	target := r.target
	request.Target = &target
	target.Kinds = allKinds()[:1]
	switch command {
	case "subscribe":
		target.Kinds = []string{argument}
	case "unsubscribe":
		target.Kinds, request.Op = []string{argument}, opUnsubscribe
	case "send-empty-target":
		target = Target{}
	case "send-no-target":
		request.Target = nil
	case "send-unknown-kind":
		target.Kinds = []string{"unknown.opensergo.io/v1alpha1/Nothing"}
	case "send-invalid-utf8":
		target.App = "app-\xff\xfe"
	case "send-kinds", "send-huge":
		n, err := strconv.Atoi(argument)
		if err != nil || n < 0 {
			return Request{}, fmt.Errorf("%s wants a number, not %q", command, argument)
		}
		if command == "send-huge" {
			request.Attachment = make([]byte, n)
			break
		}
		target.Kinds = manyKinds(n)
	default:
		return Request{}, fmt.Errorf("unknown command %q", command)
	}
	return request, nil
}

// manyKinds returns n kinds: the known ones first, then made-up ones.
func manyKinds(n int) []string {
	kinds := allKinds()
	for i := len(kinds); i < n; i++ {
		kinds = append(kinds, fmt.Sprintf("%sKind%d", kindPrefix, i))
	}
	return kinds[:n]
}

// read prints frames until the stream ends or nobody wants to hear.
func read(call grpc.ClientStream, deaf *atomic.Bool, out *Output, stream int) {
	for !deaf.Load() {
		var frame []byte
		err := call.RecvMsg(&frame)
		if deaf.Load() {
			return
		}
		if err != nil {
			out.Say("ended", endOf(err, stream))
			return
		}
		response, err := ParseResponse(frame)
		if err != nil {
			out.Say("garbled", Line{"stream": stream, "message": err.Error()})
			continue
		}
		out.Say("frame", describe(response, stream))
	}
}

func endOf(err error, stream int) Line {
	if errors.Is(err, io.EOF) {
		return Line{"stream": stream, "code": codes.OK.String(), "message": ""}
	}
	return Line{"stream": stream, "code": status.Code(err).String(), "message": status.Convert(err).Message()}
}

func describe(r Response, stream int) Line {
	line := Line{
		"stream": stream, "ack": r.Ack, "code": r.Status.Code, "message": r.Status.Message,
		"namespace": r.Namespace, "app": r.App, "kind": r.Kind,
		"response_id": r.ResponseID, "control_plane": r.ControlPlane,
	}
	if r.Data != nil {
		line["version"], line["items"] = r.Data.Version, len(r.Data.Items)
	}
	return line
}
