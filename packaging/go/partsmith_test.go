package partsmith_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"partsmith.dev/partsmith"
)

// verb runs one of the program's own S3 verbs against the world.
func verb(t *testing.T, world *partsmith.World, input string, words ...string) (string, error) {
	t.Helper()
	program, err := partsmith.Program()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, words...)
	command.Env = world.Environment()
	command.Stdin = strings.NewReader(input)
	output, err := command.CombinedOutput()
	return string(output), err
}

func do(t *testing.T, world *partsmith.World, input string, words ...string) string {
	t.Helper()
	output, err := verb(t, world, input, words...)
	if err != nil {
		t.Fatalf("partsmith %s: %v: %s", strings.Join(words, " "), err, output)
	}
	return output
}

func TestAServerTakesObjects(t *testing.T) {
	server := partsmith.Start(t, partsmith.Buckets("films"))
	do(t, &server.World, "bytes", "cp", "-", "s3://films/a")
	if got := do(t, &server.World, "", "cat", "s3://films/a"); got != "bytes" {
		t.Fatalf("got %q", got)
	}
}

func TestTheServerEndsWithItsTest(t *testing.T) {
	var endpoint string
	t.Run("a test", func(t *testing.T) { endpoint = partsmith.Start(t).Endpoint })
	if answer, err := http.Get(endpoint + "/_partsmith/health"); err == nil {
		answer.Body.Close()
		t.Fatalf("it still answers: %s", answer.Status)
	}
}

func TestKeysAndRegionAreTheServers(t *testing.T) {
	server := partsmith.Start(t, partsmith.Keys("FILMS", "a secret of its own"), partsmith.Region("eu-central-1"),
		partsmith.Buckets("films"))
	do(t, &server.World, "", "ls", "s3://films")
	other := server.World
	other.SecretKey = "another"
	if output, err := verb(t, &other, "", "ls", "s3://films"); err == nil || !strings.Contains(output, "SignatureDoesNotMatch") {
		t.Fatalf("%v: %s", err, output)
	}
}

func TestAPresetLosesTheAnswerToACompletion(t *testing.T) {
	server := partsmith.Start(t, partsmith.Buckets("films"))
	file := filepath.Join(t.TempDir(), "film")
	if err := os.WriteFile(file, make([]byte, 17<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	server.Faults.Add(t, "lost-complete")
	do(t, &server.World, "", "cp", "--part-size", "8MiB", file, "s3://films/film")
	server.Journal.Expect(t, partsmith.Expectation{
		Filter: partsmith.Filter{Operation: "CompleteMultipartUpload", Key: "fil*"}, Count: partsmith.Times(2)})
	server.Journal.Expect(t, partsmith.Expectation{
		Filter: partsmith.Filter{Operation: "UploadPart"}, Count: partsmith.Times(3), Distinct: "part_number"})
	if rules := server.Faults.Rules(t); len(rules) != 1 || rules[0].Name != "lost-complete" || rules[0].Hits != 1 {
		t.Fatalf("%+v", rules)
	}
	server.Faults.Remove(t, "lost-complete")
	if rules := server.Faults.Rules(t); len(rules) != 0 {
		t.Fatalf("%+v", rules)
	}
}

func TestARuleFailsAndIsCleared(t *testing.T) {
	server := partsmith.Start(t, partsmith.Buckets("films"))
	server.Faults.AddRule(t, partsmith.Rule{
		Name: "no-lists", Match: map[string]any{"operation": "ListObjectsV2"},
		Fault: map[string]any{"type": "error", "code": "AccessDenied"}})
	if output, err := verb(t, &server.World, "", "ls", "s3://films"); err == nil || !strings.Contains(output, "AccessDenied") {
		t.Fatalf("%v: %s", err, output)
	}
	server.Faults.Clear(t)
	do(t, &server.World, "", "ls", "s3://films")
}

func TestTheClockIsMovedAndStopped(t *testing.T) {
	server := partsmith.Start(t)
	to := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	server.Clock.Freeze(t)
	server.Clock.Set(t, to)
	server.Clock.Advance(t, 8*24*time.Hour)
	if now := server.Clock.Now(t); !now.Equal(to.AddDate(0, 0, 8)) {
		t.Fatal(now)
	}
	server.Clock.Reset(t)
	if now := server.Clock.Now(t); now.Year() == 2030 {
		t.Fatal(now)
	}
}

func TestTheJournalTellsWhatWasSent(t *testing.T) {
	server := partsmith.Start(t, partsmith.Buckets("films"))
	do(t, &server.World, "bytes", "cp", "-", "s3://films/a")
	entries := server.Journal.Entries(t, partsmith.Filter{Operation: "PutObject", Status: 200})
	if len(entries) != 1 || entries[0].Key != "a" || entries[0].BytesIn < 5 || !strings.Contains(string(entries[0].Raw), "stages_ms") {
		t.Fatalf("%+v", entries)
	}
	server.Journal.Clear(t)
	if left := server.Journal.Entries(t, partsmith.Filter{}); len(left) != 0 {
		t.Fatalf("%+v", left)
	}
}

// recorder is a test that is watched: what it is failed with.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(text ...any) { r.failures = append(r.failures, text[0].(string)) }

func TestAnExpectationThatDoesNotHoldFailsTheTestWithATable(t *testing.T) {
	server := partsmith.Start(t, partsmith.Buckets("films"))
	do(t, &server.World, "", "ls", "s3://films")
	watched := &recorder{TB: t}
	server.Journal.Expect(watched, partsmith.Expectation{Filter: partsmith.Filter{Operation: "UploadPart"}, Count: partsmith.Times(5)})
	server.Journal.Expect(watched, partsmith.Expectation{Filter: partsmith.Filter{Operation: "UploadPart"}, Count: partsmith.Times(0)})
	if len(watched.failures) != 1 || !strings.Contains(watched.failures[0], "ListObjectsV2") {
		t.Fatal(watched.failures)
	}
}

func TestWorldsDoNotSeeEachOther(t *testing.T) {
	server := partsmith.Start(t, partsmith.Worlds(), partsmith.Buckets("films"))
	var all sync.WaitGroup
	for _, name := range []string{"ONE", "TWO"} {
		all.Add(1)
		go func() {
			defer all.Done()
			world := server.WorldOf(name)
			if output, err := verb(t, world, name, "cp", "-", "s3://films/"+name); err != nil {
				t.Error(err, output)
			}
			if listed, err := verb(t, world, "", "ls", "s3://films"); err != nil || strings.Count(listed, "\n") != 1 {
				t.Errorf("%v: %q", err, listed)
			}
		}()
	}
	all.Wait()
	server.WorldOf("ONE").Reset(t)
	if _, err := verb(t, server.WorldOf("ONE"), "", "cat", "s3://films/ONE"); err == nil {
		t.Fatal("the world was not emptied")
	}
	do(t, server.WorldOf("TWO"), "", "cat", "s3://films/TWO")
}

func TestAServerOfSeveralTestsIsStopped(t *testing.T) {
	server, err := partsmith.New(partsmith.Arguments("--min-part-size", "1KiB"))
	if err != nil {
		t.Fatal(err)
	}
	if log, err := server.Log(); err != nil || !strings.Contains(log, server.Endpoint) {
		t.Errorf("%v: %q", err, log)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestWhyItDidNotStartIsTold(t *testing.T) {
	if _, err := partsmith.New(partsmith.Arguments("--no-such-flag")); err == nil || !strings.Contains(err.Error(), "--no-such-flag") {
		t.Fatal(err)
	}
	t.Setenv("PARTSMITH_BINARY", "")
	t.Setenv("PATH", t.TempDir())
	if _, err := partsmith.New(); err == nil || !strings.Contains(err.Error(), "PARTSMITH_BINARY") {
		t.Fatal(err)
	}
}

func TestWhatWasSetForAnotherServerDoesNotCount(t *testing.T) {
	t.Setenv("PARTSMITH_ACCESS_KEY", "OTHER")
	t.Setenv("PARTSMITH_BUCKET", "other")
	server := partsmith.Start(t)
	if listed := do(t, &server.World, "", "ls"); strings.Contains(listed, "other") {
		t.Fatal(listed)
	}
}
