package partsmith

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"
)

// control sends requests to the control API of one world; "" is the default one.
type control struct {
	endpoint, world string
}

// Whatever proxy the environment names, the server is on this machine.
var direct = &http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: 30 * time.Second}

// ask sends a request, and reads the JSON that answers into `answer`, unless that is nil.
func (c *control) ask(method, path string, query url.Values, body, answer any) error {
	if query == nil {
		query = url.Values{}
	}
	if c.world != "" {
		query.Set("world", c.world)
	}
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		sent = nil
	}
	request, err := http.NewRequest(method, c.endpoint+"/_partsmith/v1/"+path+"?"+query.Encode(), bytes.NewReader(sent))
	if err != nil {
		return err
	}
	response, err := direct.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, bytes.TrimSpace(text))
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

func (c *control) must(t testing.TB, method, path string, query url.Values, body, answer any) {
	t.Helper()
	if err := c.ask(method, path, query, body, answer); err != nil {
		t.Fatal(err)
	}
}

// Faults are what goes wrong on demand: docs/faults.md has presets and rules.
type Faults struct{ control *control }

// Rule says which requests fail, when, how often, and how; only Fault is needed. docs/faults.md has what Match and Fault may hold.
type Rule struct {
	Name        string         `json:"name,omitempty"`
	Match       map[string]any `json:"match,omitempty"`
	Skip        int            `json:"skip,omitempty"`
	Times       int            `json:"times,omitempty"`       // 0: as often as it matches
	Probability float64        `json:"probability,omitempty"` // 0: always
	Seed        int64          `json:"seed,omitempty"`
	TTL         float64        `json:"ttl,omitempty"` // seconds; 0: it stays
	When        string         `json:"when,omitempty"`
	Fault       map[string]any `json:"fault"`
}

// ActiveRule is a rule of the server, with what became of it.
type ActiveRule struct {
	Rule
	// Matched counts the requests that the rule matched, Hits those that it acted on.
	Matched, Hits int
}

// Add adds a preset, by its name.
func (f *Faults) Add(t testing.TB, preset string) {
	t.Helper()
	f.control.must(t, "POST", "faults", nil, map[string]string{"preset": preset}, nil)
}

// AddRule adds rules. One of the same name is replaced.
func (f *Faults) AddRule(t testing.TB, rules ...Rule) {
	t.Helper()
	f.control.must(t, "POST", "faults", nil, rules, nil)
}

// Rules are those that are in force.
func (f *Faults) Rules(t testing.TB) []ActiveRule {
	t.Helper()
	var told struct{ Faults []ActiveRule }
	f.control.must(t, "GET", "faults", nil, nil, &told)
	return told.Faults
}

// Remove removes the rule of that name.
func (f *Faults) Remove(t testing.TB, name string) {
	t.Helper()
	f.control.must(t, "DELETE", "faults/"+url.PathEscape(name), nil, nil, nil)
}

// Clear removes every rule.
func (f *Faults) Clear(t testing.TB) {
	t.Helper()
	f.control.must(t, "DELETE", "faults", nil, nil, nil)
}

// Clock is the time that dates, expiry and listings follow.
type Clock struct{ control *control }

// Now is what the clock shows.
func (c *Clock) Now(t testing.TB) time.Time {
	t.Helper()
	var told struct{ Now time.Time }
	c.control.must(t, "GET", "clock", nil, nil, &told)
	return told.Now
}

// Set lets the clock go on from there, in whole seconds.
func (c *Clock) Set(t testing.TB, to time.Time) {
	t.Helper()
	c.change(t, map[string]any{"set": to.UTC().Format("2006-01-02T15:04:05Z")})
}

// Advance moves it, by whole seconds.
func (c *Clock) Advance(t testing.TB, by time.Duration) {
	t.Helper()
	c.change(t, map[string]any{"advance": strconv.FormatInt(int64(by/time.Second), 10) + "s"})
}

// Freeze stops it.
func (c *Clock) Freeze(t testing.TB) {
	t.Helper()
	c.change(t, map[string]any{"frozen": true})
}

// Reset lets it show real time again, and go.
func (c *Clock) Reset(t testing.TB) {
	t.Helper()
	c.change(t, map[string]any{"reset": true})
}

func (c *Clock) change(t testing.TB, to map[string]any) {
	t.Helper()
	c.control.must(t, "POST", "clock", nil, to, nil)
}
