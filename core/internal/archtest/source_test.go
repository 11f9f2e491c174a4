package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// differs lists what core must not call, because its result is not the same on
// every target or in every run.
var differs = map[string]string{
	"math.Exp": "use detmath", "math.Exp2": "use detmath", "math.Expm1": "use detmath",
	"math.Pow": "use detmath", "math.Tanh": "use detmath", "math.Gamma": "use detmath", "math.Log": "use detmath",
	"math.Log1p": "use detmath", "math.Log2": "use detmath",
	"time.Now": "a run depends on its scenario only",
	"rand.New": "use rng.Stream", "rand.IntN": "use rng.Stream", "rand.Float64": "use rng.Stream",
}

func TestCoreCallsNothingThatDiffersBetweenTargetsOrRuns(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || exempt(path) {
			return err
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: core starts no goroutine", set.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok {
					if why, bad := differs[x.Name+"."+n.Sel.Name]; bad {
						t.Errorf("%s: %s.%s: %s", set.Position(n.Pos()), x.Name, n.Sel.Name, why)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("read only %d files of core: the walk is broken", files)
	}
}

func exempt(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, filepath.Join("rng", "rng.go")) ||
		strings.Contains(path, "routingpack")
}
