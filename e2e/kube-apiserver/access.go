package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// access is who may do what, as files below dir.
type access struct {
	dir string
	// token is the administrator's.
	token string
}

func (a access) tokens() string        { return filepath.Join(a.dir, "tokens.csv") }
func (a access) signingKey() string    { return filepath.Join(a.dir, "service-accounts.key") }
func (a access) certificates() string  { return filepath.Join(a.dir, "pki") }
func (a access) kubeconfig() string    { return filepath.Join(a.dir, "kubeconfig") }
func (a access) authority() string     { return filepath.Join(a.certificates(), "apiserver.crt") }
func (a access) authorization() string { return "Bearer " + a.token }

// grantAccess makes the administrator's token and the key that signs the tokens
// of service accounts, unless dir has them already, and writes the kubeconfig.
func grantAccess(dir, server string) (access, error) {
	a := access{dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return a, err
	}
	line, err := keep(a.tokens(), func() ([]byte, error) {
		return []byte(rand.Text() + ",admin,admin,system:masters\n"), nil
	})
	if err != nil {
		return a, err
	}
	a.token, _, _ = strings.Cut(string(line), ",")
	if _, err := keep(a.signingKey(), newKey); err != nil {
		return a, err
	}
	kubeconfig := fmt.Sprintf(kubeconfigFormat, server, a.authority(), a.token)
	return a, os.WriteFile(a.kubeconfig(), []byte(kubeconfig), 0o600)
}

// keep returns what a file says; it is made first if it is missing.
func keep(path string, contents func() ([]byte, error)) ([]byte, error) {
	if kept, err := os.ReadFile(path); !os.IsNotExist(err) {
		return kept, err
	}
	made, err := contents()
	if err != nil {
		return nil, err
	}
	return made, os.WriteFile(path, made, 0o600)
}

func newKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), err
}

// kubeconfigFormat lacks the server, the file of its authority and the token.
const kubeconfigFormat = `apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster: {server: %q, certificate-authority: %q}
users:
- name: admin
  user: {token: %q}
contexts:
- name: e2e
  context: {cluster: e2e, user: admin}
current-context: e2e
`
