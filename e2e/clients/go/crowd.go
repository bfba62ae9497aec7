package main

import "sync"

// Crowd is the observer of many streams: it counts, and speaks only when all
// of them agree.
type Crowd struct {
	out  *Output
	size int

	mu        sync.Mutex
	connected int
	up        []bool
	latest    []map[string]int64       // by stream, then kind: the highest version received
	reached   map[string]map[int64]int // by kind, then version: how many streams received it
	acks      int
	replies   map[int32]int // by status code
}

// NewCrowd returns a crowd of size streams, none of them connected.
func NewCrowd(out *Output, size int) *Crowd {
	c := &Crowd{
		out: out, size: size, up: make([]bool, size), latest: make([]map[string]int64, size),
		reached: map[string]map[int64]int{}, replies: map[int32]int{},
	}
	for i := range c.latest {
		c.latest[i] = map[string]int64{}
	}
	return c
}

// Connected counts a stream in, and says so when it was the last one missing.
func (c *Crowd) Connected(stream int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up[stream] = true
	c.connected++
	if c.connected == c.size {
		c.out.Say("connected", Line{"streams": c.size})
	}
}

// Broken counts a stream out, and says so when it was the first one.
func (c *Crowd) Broken(stream int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.up[stream] {
		return
	}
	c.up[stream] = false
	if c.connected == c.size {
		c.out.Say("broken", Line{"stream": stream, "message": err.Error()})
	}
	c.connected--
}

// Received counts a version once per stream, and says so when every stream
// has received it.
func (c *Crowd) Received(stream int, _ Response, o Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.Event == "ack" {
		c.acks++
	}
	if o.Reply != nil {
		c.replies[o.Reply.Status.Code]++
	}
	kind := o.Key.Kind
	if o.Event != "push" || o.Version <= c.latest[stream][kind] {
		return
	}
	c.latest[stream][kind] = o.Version
	if c.reached[kind] == nil {
		c.reached[kind] = map[int64]int{}
	}
	c.reached[kind][o.Version]++
	if c.reached[kind][o.Version] == c.size {
		c.out.Say("all", Line{"kind": kind, "version": o.Version, "streams": c.size})
	}
}

// Stats says how far the crowd has come.
func (c *Crowd) Stats() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.Say("stats", Line{
		"streams": c.size, "connected": c.connected, "acks": c.acks,
		"replies": c.replies, "reached": c.reached,
	})
}
