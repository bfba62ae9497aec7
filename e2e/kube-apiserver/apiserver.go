package main

import (
	"context"
	"net"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	basecompatibility "k8s.io/component-base/compatibility"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// flagsOf returns the flags of kube-apiserver, as few as it starts with.
func flagsOf(a access, store string) []string {
	return []string{
		"--etcd-servers=" + store,
		// Its own address, which it else looks for in the default route.
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		// Loopback may not be an endpoint of the service `kubernetes`.
		"--endpoint-reconciler-type=none",
		// It makes its own authority and certificate here, in one file.
		"--cert-dir=" + a.certificates(),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + a.signingKey(),
		"--service-account-signing-key-file=" + a.signingKey(),
		"--service-cluster-ip-range=10.0.0.0/24",
		"--authorization-mode=RBAC", "--token-auth-file=" + a.tokens(),
		// Nobody makes the service account `default`, so pods must do without.
		"--disable-admission-plugins=ServiceAccount",
	}
}

// newAPIServer returns what the command kube-apiserver runs, with one
// difference: it serves on a listener that is already there. Its certificate is
// written when this returns; what is returned runs until something fails.
func newAPIServer(ctx context.Context, listener net.Listener, a access, store string) (func() error, error) {
	o := apiserver.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, set := range o.Flags().FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(flagsOf(a, store)); err != nil {
		return nil, err
	}
	o.SecureServing.Listener = listener
	o.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port

	registry := o.GenericServerRunOptions.ComponentGlobalsRegistry
	if err := registry.Set(); err != nil {
		return nil, err
	}
	gates := registry.FeatureGateFor(basecompatibility.DefaultKubeComponent)
	if err := logsapi.ValidateAndApply(o.Logs, gates); err != nil {
		return nil, err
	}
	completed, err := o.Complete(ctx)
	if err != nil {
		return nil, err
	}
	if errs := completed.Validate(); len(errs) != 0 {
		return nil, utilerrors.NewAggregate(errs)
	}
	return func() error { return app.Run(ctx, completed) }, nil
}
