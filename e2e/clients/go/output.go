package main

import (
	"encoding/json"
	"io"
	"sync"
)

// Line is one line of output; its field "event" names it.
type Line map[string]any

// Output writes lines of JSON, one per call, from any goroutine.
type Output struct {
	mu sync.Mutex
	to io.Writer
}

// Say writes one line.
func (o *Output) Say(event string, line Line) {
	if line == nil {
		line = Line{}
	}
	line["event"] = event
	text, err := json.Marshal(line)
	if err != nil {
		panic(err) // lines hold strings, numbers and JSON only
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to.Write(append(text, '\n'))
}

// Printer is the observer of a single stream: it tells everything.
type Printer struct{ out *Output }

// Connected says that the stream is open and its SUBSCRIBEs are sent.
func (p Printer) Connected(int) { p.out.Say("connected", nil) }

// Broken says why the stream ended, or could not be opened.
func (p Printer) Broken(_ int, err error) { p.out.Say("broken", Line{"message": err.Error()}) }

// Received tells the outcome of one frame and the reply to it.
func (p Printer) Received(_ int, r Response, o Outcome) {
	line := Line{"namespace": o.Key.Namespace, "app": o.Key.App, "kind": o.Key.Kind}
	switch o.Event {
	case "ack":
		line["ack"], line["code"], line["message"] = r.Ack, r.Status.Code, r.Status.Message
	case "push", "cached":
		line["data"] = o.Data
		fallthrough
	case "dropped":
		line["version"], line["code"] = o.Version, r.Status.Code
	}
	line["response_id"] = r.ResponseID
	p.out.Say(o.Event, line)
	if o.Reply != nil {
		p.out.Say("reply", Line{
			"kind": o.Key.Kind, "ack": o.Reply.ResponseAck, "code": o.Reply.Status.Code,
			"message": o.Reply.Status.Message, "request_id": o.Reply.RequestID,
		})
	}
}
