// Command go is a test client of the OpenSergo control plane that speaks as
// the Go SDK of June 2023 was seen to speak on the wire. See README.md.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
)

// options are the flags.
type options struct {
	server, namespace, app string
	kinds                  []string
	tick                   time.Duration
	streams, perConn       int
	raw                    bool
}

// commands obeys one line of stdin: a command and its argument, maybe empty.
type commands func(command, argument string) error

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parse(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("go-client", flag.ContinueOnError)
	flags.StringVar(&o.server, "server", "127.0.0.1:10246", "`host:port` of the control plane")
	flags.StringVar(&o.namespace, "namespace", "default", "namespace to subscribe in")
	flags.StringVar(&o.app, "app", "foo-app", "app to subscribe for")
	kinds := flags.String("kinds", "all", "comma `list` of kinds, simple or full, or all, or none")
	flags.DurationVar(&o.tick, "tick", 10*time.Second, "how often a broken stream is opened again")
	flags.IntVar(&o.streams, "streams", 1, "how many streams; above 1 they are counted, not printed")
	flags.IntVar(&o.perConn, "per-conn", 1, "how many streams share a connection")
	flags.BoolVar(&o.raw, "raw", false, "send what stdin says, however wrong")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if o.streams < 1 || o.perConn < 1 || o.tick <= 0 {
		return o, errors.New("-streams, -per-conn and -tick must be above zero")
	}
	o.kinds = parseKinds(*kinds)
	return o, nil
}

func parseKinds(list string) []string {
	switch list {
	case "all":
		return allKinds()
	case "none", "":
		return nil
	}
	var kinds []string
	for _, kind := range strings.Split(list, ",") {
		kinds = append(kinds, fullKind(kind))
	}
	return kinds
}

func fullKind(kind string) string {
	if strings.Contains(kind, "/") {
		return kind
	}
	return kindPrefix + kind
}

// run lives until stdin closes or says quit.
func run(o options) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &Output{to: os.Stdout}
	do, err := start(ctx, o, out)
	if err != nil {
		return err
	}
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		command, argument, _ := strings.Cut(strings.TrimSpace(input.Text()), " ")
		if command == "quit" {
			return nil
		}
		if err := do(command, argument); err != nil {
			out.Say("error", Line{"command": command, "message": err.Error()})
		}
	}
	return input.Err()
}

// start begins the chosen mode and returns what obeys its commands.
func start(ctx context.Context, o options, out *Output) (commands, error) {
	connections := make([]*grpc.ClientConn, (o.streams+o.perConn-1)/o.perConn)
	for i := range connections {
		conn, err := connect(o.server)
		if err != nil {
			return nil, err
		}
		connections[i] = conn
	}
	if o.raw {
		raw := NewRaw(ctx, connections[0], out, o.namespace, o.app)
		return raw.Do, raw.Open()
	}
	var observer Observer = Printer{out}
	do := commands(nil)
	if o.streams > 1 {
		crowd := NewCrowd(out, o.streams)
		observer, do = crowd, crowdCommands(crowd)
	}
	for i := range o.streams {
		stream := NewStream(i, connections[i/o.perConn], o.tick, observer, o.keys())
		go stream.Run(ctx)
		if o.streams == 1 {
			do = streamCommands(stream, o)
		}
	}
	return do, nil
}

func (o options) keys() []Key {
	keys := make([]Key, len(o.kinds))
	for i, kind := range o.kinds {
		keys[i] = o.key(kind)
	}
	return keys
}

func (o options) key(kind string) Key { return Key{o.namespace, o.app, kind} }

func streamCommands(stream *Stream, o options) commands {
	return func(command, argument string) error {
		switch command {
		case "subscribe":
			return stream.Subscribe(o.key(fullKind(argument)))
		case "unsubscribe":
			return stream.Unsubscribe(o.key(fullKind(argument)))
		}
		return fmt.Errorf("unknown command %q", command)
	}
}

func crowdCommands(crowd *Crowd) commands {
	return func(command, _ string) error {
		if command != "stats" {
			return fmt.Errorf("unknown command %q", command)
		}
		crowd.Stats()
		return nil
	}
}
