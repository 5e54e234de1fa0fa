// Nothing of these is compiled: they carry the kinds that they bring into a cluster.
module sardonyx/tests/kinds

go 1.26.0

require (
	github.com/cilium/cilium v1.18.4
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.6.3
)
