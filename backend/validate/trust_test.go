package validate

import (
	"bytes"
	"context"
	"os"
	"testing"
)

func TestReportsTellTheErrorsThatAreFound(t *testing.T) {
	r, err := Run(context.Background(), Embedded(), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../core/trust/sets.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(TrustSource(r.Trusted()), want) {
		t.Error("core/trust/sets.go is not what `monde validate --write` would write")
	}
}
