// Package partsmith starts a local S3 server for a test: `partsmith serve` on a free port, gone at the end of the test.
//
//	func TestUpload(t *testing.T) {
//		server := partsmith.Start(t, partsmith.Buckets("films"))
//		server.Faults.Add(t, "lost-complete")
//		upload(server.Endpoint, server.AccessKey, server.SecretKey)
//		server.Journal.Expect(t, partsmith.Expectation{Filter: partsmith.Filter{Operation: "CompleteMultipartUpload"}, Count: partsmith.Times(2)})
//	}
//
// It needs the program: that of PARTSMITH_BINARY, else of PARTSMITH_PROGRAM, else the one on PATH.
package partsmith

import (
	"testing"
	"time"
)

// World is what belongs to one access key: where its S3 is, its keys, and its part of the control API.
type World struct {
	// Endpoint of S3, as http://127.0.0.1:PORT. Clients address buckets by path.
	Endpoint  string
	AccessKey string
	SecretKey string
	Region    string

	Faults  *Faults
	Clock   *Clock
	Journal *Journal

	control *control
}

// Reset removes every bucket, fault and entry of the journal, and shows real time.
func (world *World) Reset(t testing.TB) {
	t.Helper()
	world.control.must(t, "POST", "reset", nil, nil, nil)
}

// Environment has the variables, as NAME=value, by which AWS SDKs, the AWS CLI and partsmith's own verbs find the world.
func (world *World) Environment() []string {
	return []string{
		"AWS_ENDPOINT_URL_S3=" + world.Endpoint, "AWS_ACCESS_KEY_ID=" + world.AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + world.SecretKey, "AWS_REGION=" + world.Region, "AWS_DEFAULT_REGION=" + world.Region,
	}
}

func newWorld(endpoint, accessKey, name string, settings *settings) World {
	control := &control{endpoint: endpoint, world: name}
	return World{
		Endpoint: endpoint, AccessKey: accessKey, SecretKey: settings.secretKey, Region: settings.region,
		Faults: &Faults{control}, Clock: &Clock{control}, Journal: &Journal{control}, control: control,
	}
}

// Option says how a server is started.
type Option func(*settings)

type settings struct {
	accessKey, secretKey, region string
	buckets, arguments           []string
	worlds                       bool
	startTimeout                 time.Duration
}

// Buckets that the server has at the start: "films", or "films:versioned".
func Buckets(names ...string) Option {
	return func(s *settings) { s.buckets = append(s.buckets, names...) }
}

// Keys that clients sign with; "test" and "test" unless said.
func Keys(accessKey, secretKey string) Option {
	return func(s *settings) { s.accessKey, s.secretKey = accessKey, secretKey }
}

// Region of the buckets; us-east-1 unless said.
func Region(name string) Option {
	return func(s *settings) { s.region = name }
}

// Arguments are further flags of `partsmith serve`.
func Arguments(flags ...string) Option {
	return func(s *settings) { s.arguments = append(s.arguments, flags...) }
}

// Worlds gives each access key buckets, a clock, faults and a journal of its own: see Server.WorldOf.
func Worlds() Option {
	return func(s *settings) { s.worlds = true }
}

// StartTimeout is how long the server may take to be ready; 30 seconds unless said.
func StartTimeout(longest time.Duration) Option {
	return func(s *settings) { s.startTimeout = longest }
}

func settingsOf(options []Option) *settings {
	s := &settings{accessKey: "test", secretKey: "test", region: "us-east-1", startTimeout: 30 * time.Second}
	for _, option := range options {
		option(s)
	}
	return s
}

// Start runs a server of the test's own. The test fails when the server doesn't start, or doesn't end well.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	server, err := New(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}
