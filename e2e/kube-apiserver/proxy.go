package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

const (
	// glance is the time between two looks at a server that starts.
	glance = 20 * time.Millisecond
	// patience is how long one look may take.
	patience = 5 * time.Second
)

// adminProxy is the server in plain HTTP, for the administrator.
type adminProxy struct {
	server    *url.URL
	access    access
	transport *http.Transport
	reverse   *httputil.ReverseProxy
}

// newAdminProxy returns a proxy to a server whose certificate is written already.
func newAdminProxy(server string, a access) (*adminProxy, error) {
	target, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(a.authority())
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("no certificate in %s", a.authority())
	}
	p := &adminProxy{server: target, access: a, transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
		// Who asks decides what is compressed.
		DisableCompression: true,
	}}
	// Each event of a watch goes on at once.
	p.reverse = &httputil.ReverseProxy{Rewrite: p.rewrite, Transport: p.transport, FlushInterval: -1}
	return p, nil
}

func (p *adminProxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.server)
	if r.Out.Header.Get("Authorization") == "" {
		r.Out.Header.Set("Authorization", p.access.authorization())
	}
}

// ServeHTTP passes a request on.
func (p *adminProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.reverse.ServeHTTP(w, r) }

// waitUntilReady returns when the server is ready and has made the namespace
// default, which comes a little later; or it returns why the server failed.
func (p *adminProxy) waitUntilReady(failed <-chan error) error {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for !p.answers("/readyz") || !p.answers("/api/v1/namespaces/default") {
		select {
		case err := <-failed:
			return err
		case <-tick.C:
		}
	}
	return nil
}

func (p *adminProxy) answers(path string) bool {
	request, err := http.NewRequest(http.MethodGet, p.server.String()+path, nil)
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", p.access.authorization())
	client := http.Client{Transport: p.transport, Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}
