package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
)

const (
	// socketPath is the longest path of a unix socket, in bytes, on the
	// strictest system.
	socketPath = 103
	// logSegment is how much of etcd's log is laid out in advance, in bytes; by
	// default it is 64 MB.
	logSegment = 4 << 20
)

// startEtcd starts an etcd of one member below dir, on unix sockets, and
// returns its endpoint when it answers.
func startEtcd(dir string) (string, error) {
	clients, err := socket(filepath.Join(dir, "etcd.sock"))
	if err != nil {
		return "", err
	}
	peers, err := socket(filepath.Join(dir, "peer.sock"))
	if err != nil {
		return "", err
	}
	wal.SegmentSizeBytes = logSegment
	c := embed.NewConfig()
	c.Name, c.Dir = "e2e", filepath.Join(dir, "etcd")
	c.ListenClientUrls, c.AdvertiseClientUrls = clients, clients
	c.ListenPeerUrls, c.AdvertisePeerUrls = peers, peers
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	// It is alone, so nothing is won by waiting for others to stand for
	// election: this saves seconds of every start.
	c.TickMs, c.ElectionMs = 10, 100
	// What is written outlives a SIGKILL, though not the machine.
	c.UnsafeNoFsync = true
	c.LogLevel = "error"
	etcd, err := embed.StartEtcd(c)
	if err != nil {
		return "", err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return "unix://" + clients[0].Path, nil
	case err := <-etcd.Err():
		return "", err
	}
}

// socket returns where to listen, and removes what a killed process left there.
func socket(path string) ([]url.URL, error) {
	if len(path) > socketPath {
		return nil, fmt.Errorf("-dir is too long: %s has %d bytes, a unix socket may have %d", path, len(path), socketPath)
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return []url.URL{{Scheme: "unix", Path: path}}, nil
}
