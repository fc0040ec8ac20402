package partsmith

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// stopTimeout is how long requests in flight may take when a server ends.
const stopTimeout = 30 * time.Second

// Server is one process. As a World it is that of the access key of Keys.
type Server struct {
	World

	settings *settings
	process  *exec.Cmd
	folder   string
	ended    chan struct{}
	end      error
}

// New starts a server for several tests, as TestMain has them; Stop ends it. It is ready when New returns.
func New(options ...Option) (*Server, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "partsmith-")
	if err != nil {
		return nil, err
	}
	server := &Server{settings: settingsOf(options), folder: folder, ended: make(chan struct{})}
	if err := server.start(program); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return server, nil
}

// Program tells where the program is: that of PARTSMITH_BINARY, else of PARTSMITH_PROGRAM, else the one on PATH.
func Program() (string, error) {
	for _, name := range []string{"PARTSMITH_BINARY", "PARTSMITH_PROGRAM"} {
		if named := os.Getenv(name); named != "" {
			return named, nil
		}
	}
	found, err := exec.LookPath("partsmith")
	if err != nil {
		return "", fmt.Errorf("there is no program partsmith: set PARTSMITH_BINARY, or put it on PATH: %w", err)
	}
	return found, nil
}

// WorldOf is the world of another access key, of a server with Worlds; its secret key is the same. A key of the test's own,
// such as t.Name(), begins with nothing but the buckets of Buckets.
func (server *Server) WorldOf(accessKey string) *World {
	world := newWorld(server.Endpoint, accessKey, accessKey, server.settings)
	return &world
}

// Log is what the server has written so far, a line per request.
func (server *Server) Log() (string, error) {
	text, err := os.ReadFile(server.logFile())
	return string(text), err
}

// Stop ends the server after the requests in flight. An error says that it didn't end well, with the end of its log.
func (server *Server) Stop() error {
	late := false
	if err := server.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-server.ended:
	case <-time.After(stopTimeout):
		late = true
		server.kill()
	}
	log, err := server.Log()
	err = errors.Join(err, os.RemoveAll(server.folder))
	if late {
		return errors.Join(fmt.Errorf("partsmith did not end within %s:\n%s", stopTimeout, endOf(log)), err)
	}
	if server.end != nil {
		return errors.Join(fmt.Errorf("partsmith ended with %w:\n%s", server.end, endOf(log)), err)
	}
	return err
}

func (server *Server) start(program string) error {
	log, err := os.Create(server.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	ready := filepath.Join(server.folder, "ready.json")
	server.process = exec.Command(program, server.settings.command(ready)...)
	server.process.Env = server.settings.environment()
	server.process.Stdout, server.process.Stderr = log, log
	if err := server.process.Start(); err != nil {
		return err
	}
	go func() {
		server.end = server.process.Wait()
		close(server.ended)
	}()
	endpoint, err := server.await(ready)
	if err != nil {
		server.kill()
		return err
	}
	name := ""
	if server.settings.worlds {
		name = server.settings.accessKey
	}
	server.World = newWorld(endpoint, server.settings.accessKey, name, server.settings)
	return nil
}

// await returns the endpoint that the ready file names.
func (server *Server) await(ready string) (string, error) {
	deadline := time.After(server.settings.startTimeout)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		text, err := os.ReadFile(ready)
		if err == nil {
			var told struct{ URL string }
			if err := json.Unmarshal(text, &told); err != nil {
				return "", fmt.Errorf("%s: %w", text, err)
			}
			return told.URL, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		select {
		case <-server.ended:
			return "", server.failure(fmt.Sprintf("partsmith ended at the start (%v)", server.end))
		case <-deadline:
			return "", server.failure(fmt.Sprintf("partsmith was not ready within %s", server.settings.startTimeout))
		case <-look.C:
		}
	}
}

func (server *Server) failure(what string) error {
	log, err := server.Log()
	return errors.Join(fmt.Errorf("%s:\n%s", what, endOf(log)), err)
}

func (server *Server) kill() {
	// It fails only when the process has ended already, which is what is wanted.
	_ = server.process.Process.Kill()
	<-server.ended
}

func (server *Server) logFile() string { return filepath.Join(server.folder, "log") }

func (s *settings) command(ready string) []string {
	words := []string{
		"serve", "--ephemeral", "--port", "0", "--ready-file", ready, "--access-key", s.accessKey, "--region", s.region,
	}
	if s.worlds {
		words = append(words, "--world-per-access-key")
	}
	for _, bucket := range s.buckets {
		words = append(words, "--bucket", bucket)
	}
	return append(words, s.arguments...)
}

// environment: the secret key goes by it, as other users can't read it; what was set for another server doesn't count.
func (s *settings) environment() []string {
	kept := []string{"PARTSMITH_SECRET_KEY=" + s.secretKey}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PARTSMITH_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

func endOf(log string) string { return log[max(0, len(log)-2000):] }
