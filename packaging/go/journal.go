package partsmith

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"
)

// Journal is what clients really sent, and what they got.
type Journal struct{ control *control }

// Filter says which entries are meant: all unless a field is set. Texts are globs.
type Filter struct {
	Operation  string `json:"operation,omitempty"`
	Method     string `json:"method,omitempty"`
	Bucket     string `json:"bucket,omitempty"`
	Key        string `json:"key,omitempty"`
	UploadID   string `json:"upload_id,omitempty"`
	PartNumber string `json:"part_number,omitempty"`
	AccessKey  string `json:"access_key,omitempty"`
	Error      string `json:"error,omitempty"`
	UserAgent  string `json:"user_agent,omitempty"`
	Acted      string `json:"acted,omitempty"` // the name of a fault
	Status     int    `json:"status,omitempty"`
	After      int64  `json:"after,omitempty"` // entries with a greater ID
}

// Expectation says how many entries there should be: at least one unless said.
type Expectation struct {
	Filter
	Count   *int `json:"count,omitempty"`
	AtLeast *int `json:"at_least,omitempty"`
	AtMost  *int `json:"at_most,omitempty"`
	// Distinct counts different values of that field, such as part_number.
	Distinct string `json:"distinct,omitempty"`
}

// Times is a number of entries, 0 being one, too.
func Times(number int) *int { return &number }

// Entry is a request and its answer. What isn't a field here is in Raw: docs/control.md names all.
type Entry struct {
	ID         int64
	Time       time.Time
	Operation  string
	Method     string
	Target     string
	Bucket     string
	Key        string
	UploadID   string `json:"upload_id"`
	PartNumber int    `json:"part_number"`
	AccessKey  string `json:"access_key"`
	Status     int
	Error      string
	Message    string
	BytesIn    int64 `json:"bytes_in"`
	BytesOut   int64 `json:"bytes_out"`
	Cut        bool
	Acted      []string
	Attempt    int
	UserAgent  string          `json:"user_agent"`
	Raw        json.RawMessage `json:"-"`
}

// Entries are those that match, the oldest first.
func (j *Journal) Entries(t testing.TB, filter Filter) []Entry {
	t.Helper()
	query, err := filter.query()
	if err != nil {
		t.Fatal(err)
	}
	var told struct{ Entries []json.RawMessage }
	j.control.must(t, "GET", "journal", query, nil, &told)
	entries := make([]Entry, len(told.Entries))
	for at, raw := range told.Entries {
		if err := json.Unmarshal(raw, &entries[at]); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		entries[at].Raw = raw
	}
	return entries
}

// Expect fails the test, with a table of what there is instead, unless there were so many.
func (j *Journal) Expect(t testing.TB, expected Expectation) {
	t.Helper()
	var told struct {
		Holds bool
		Found int
		Text  string
	}
	j.control.must(t, "POST", "journal/expect", nil, expected, &told)
	if !told.Holds {
		t.Error(told.Text)
	}
}

// Clear forgets every entry.
func (j *Journal) Clear(t testing.TB) {
	t.Helper()
	j.control.must(t, "DELETE", "journal", nil, nil, nil)
}

// query has the same names as the JSON of an expectation.
func (filter Filter) query() (url.Values, error) {
	text, err := json.Marshal(filter)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	query := url.Values{}
	for name, value := range fields {
		query.Set(name, fmt.Sprint(value))
	}
	return query, nil
}
