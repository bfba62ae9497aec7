package main

import (
	"encoding/json"
	"fmt"
)

// Status codes a client meets or sends.
const (
	codeOK       = 1
	codeUnknown  = 4000
	codeHandler  = 4007
	codeOutdated = 4010
	codeEnd      = 4100 // the first code above those of client errors
)

// Key names one subscription.
type Key struct{ Namespace, App, Kind string }

// Outcome is what one received frame led to.
//
// Event is "push" (applied, somebody subscribed), "cached" (applied, nobody
// subscribed), "dropped" (answered with an error), "ack" (the server's answer
// to a request of ours, not replied to) or "ignored" (a kind nobody knows).
type Outcome struct {
	Event   string
	Key     Key
	Version int64
	Data    []json.RawMessage
	Reply   *Request
}

// Session decides, frame by frame, what the Go SDK of June 2023 was seen to
// do. It does no I/O and outlives the streams: versions it has accepted hold
// across a reconnect.
type Session struct {
	subscribed map[Key]bool
	versions   map[Key]int64
}

// NewSession returns a session that has received nothing.
func NewSession() *Session {
	return &Session{subscribed: map[Key]bool{}, versions: map[Key]int64{}}
}

// Subscribe remembers a key and returns the request for it: the target alone,
// with neither identifier nor request_id.
func (s *Session) Subscribe(key Key) Request {
	s.subscribed[key] = true
	return Request{Target: key.target()}
}

// Unsubscribe forgets a key, though not its version, and returns the request.
func (s *Session) Unsubscribe(key Key) Request {
	delete(s.subscribed, key)
	return Request{Target: key.target(), Op: opUnsubscribe}
}

// Subscribed returns the remembered keys in arbitrary order.
func (s *Session) Subscribed() []Key {
	keys := make([]Key, 0, len(s.subscribed))
	for key := range s.subscribed {
		keys = append(keys, key)
	}
	return keys
}

// Receive applies one frame.
func (s *Session) Receive(r Response) Outcome {
	key := Key{r.Namespace, r.App, r.Kind}
	if isAnswer(r) {
		return Outcome{Event: "ack", Key: key}
	}
	if !knownKind(r.Kind) {
		return Outcome{Event: "ignored", Key: key}
	}
	cached := s.versions[key]
	if r.Data == nil {
		if cached > 0 {
			return dropped(key, 0, ack(r, Status{Code: codeOutdated}))
		}
		return dropped(key, 0, nack("push without data"))
	}
	version := r.Data.Version
	if version < cached {
		return dropped(key, version, ack(r, Status{Code: codeOutdated}))
	}
	data, err := decodeAll(r.Kind, r.Data.Items)
	if err != nil {
		return dropped(key, version, ack(r, Status{codeHandler, err.Error()}))
	}
	s.versions[key] = version
	event := "cached"
	if s.subscribed[key] {
		event = "push"
	}
	return Outcome{event, key, version, data, ack(r, Status{Code: codeOK})}
}

// isAnswer tells answers, which want no reply, from pushes. A frame with ack
// set and a code of neither success nor a client error counts as a push.
func isAnswer(r Response) bool {
	clientError := codeUnknown <= r.Status.Code && r.Status.Code < codeEnd
	return r.Ack != "" && (r.Status.Code == codeOK || clientError)
}

func (k Key) target() *Target {
	return &Target{Namespace: k.Namespace, App: k.App, Kinds: []string{k.Kind}}
}

func dropped(key Key, version int64, reply *Request) Outcome {
	return Outcome{Event: "dropped", Key: key, Version: version, Reply: reply}
}

func ack(r Response, status Status) *Request {
	return &Request{ResponseAck: "ACK", Status: &status, RequestID: r.ResponseID}
}

func nack(text string) *Request {
	return &Request{ResponseAck: "NACK", Status: &Status{codeUnknown, text}}
}

func decodeAll(kind string, items []Any) ([]json.RawMessage, error) {
	data := make([]json.RawMessage, 0, len(items))
	for i, item := range items {
		message, err := decodePayload(kind, item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		data = append(data, message)
	}
	return data, nil
}
