// Command kube-apiserver is a real Kubernetes API server for the stories: an
// etcd and a kube-apiserver in one process, from Go modules alone. There is no
// container, no downloaded binary, and no other part of Kubernetes: nothing
// makes pods of a Deployment or removes the contents of a namespace.
//
//	kube-apiserver -dir DIR [-port N] [-proxy-port N]
//
// Everything it keeps is in DIR; started again on the same DIR and ports it is
// the same server, with its objects, even after SIGKILL. It listens on loopback
// only. When it is ready it prints one line,
//
//	{"proxy":"http://127.0.0.1:N","server":"https://127.0.0.1:N","kubeconfig":"DIR/kubeconfig"}
//
// and it ends when its stdin does, so that it never outlives a test. Behind
// "server" there are TLS, tokens and roles, as kubeconfig says; "proxy" is the
// same server in plain HTTP, where a request without an Authorization of its
// own comes from an administrator. What goes wrong is said on stderr.
//
// The build sets the version the server tells its clients. `cargo xtask
// kube-apiserver` builds it, and says where the binary is. To upgrade, change
// the versions in go.mod (its comment says which belong together), then run
// `go mod tidy`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// options are the flags.
type options struct {
	dir             string
	port, proxyPort int
}

// ready is the line that says the server can be used.
type ready struct {
	Proxy      string `json:"proxy"`
	Server     string `json:"server"`
	Kubeconfig string `json:"kubeconfig"`
}

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	// From the first moment on: whoever started this may be gone before it is up.
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err == nil {
		err = run(context.Background(), o)
	}
	fmt.Fprintln(os.Stderr, "kube-apiserver of the end-to-end tests:", err)
	os.Exit(1)
}

func parse(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("kube-apiserver", flag.ContinueOnError)
	flags.StringVar(&o.dir, "dir", "", "`folder` for everything that is kept")
	flags.IntVar(&o.port, "port", 0, "`port` of the server, 0 for a free one")
	flags.IntVar(&o.proxyPort, "proxy-port", 0, "`port` of the proxy, 0 for a free one")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if o.dir == "" {
		return o, errors.New("-dir is missing")
	}
	dir, err := filepath.Abs(o.dir)
	o.dir = dir
	return o, err
}

// run starts everything, and returns only when something fails.
func run(ctx context.Context, o options) error {
	listener, err := listen(o.port)
	if err != nil {
		return err
	}
	proxyListener, err := listen(o.proxyPort)
	if err != nil {
		return err
	}
	server := "https://" + listener.Addr().String()
	access, err := grantAccess(o.dir, server)
	if err != nil {
		return err
	}
	store, err := startEtcd(o.dir)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	serve, err := newAPIServer(ctx, listener, access, store)
	if err != nil {
		return fmt.Errorf("apiserver: %w", err)
	}
	proxy, err := newAdminProxy(server, access)
	if err != nil {
		return err
	}
	failed := make(chan error, 2) // of the server and of the proxy
	go func() { failed <- fmt.Errorf("apiserver: %w", serve()) }()
	if err := proxy.waitUntilReady(failed); err != nil {
		return err
	}
	line := ready{"http://" + proxyListener.Addr().String(), server, access.kubeconfig()}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		return err
	}
	go func() { failed <- fmt.Errorf("proxy: %w", http.Serve(proxyListener, proxy)) }()
	return <-failed
}

// listen takes a port of loopback and keeps it: a number that is only looked up
// could be somebody else's by the time it is used.
func listen(port int) (net.Listener, error) {
	return net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
}
