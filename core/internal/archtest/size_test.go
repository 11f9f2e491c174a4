package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The budget of the code: short files of short functions. Tables of data are not
// functions, so they do not count.
const (
	maxFile, medianFile     = 350, 130
	maxFunction, medianFunc = 60, 10
)

func TestFilesAndFunctionsStayShort(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("the native run reads the same files")
	}
	var files, functions []int
	for _, root := range []string{"../../../core", "../../../backend", "../../../wasm"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			lines, lengths := measure(t, path)
			files, functions = append(files, lines), append(functions, lengths...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(files)
	slices.Sort(functions)
	if m := files[len(files)/2]; m > medianFile {
		t.Errorf("half of the files have over %d lines, want at most %d", m, medianFile)
	}
	if m := functions[len(functions)/2]; m > medianFunc {
		t.Errorf("half of the functions have over %d lines, want at most %d", m, medianFunc)
	}
}

// measure returns how many lines a file has, and each function's body.
func measure(t *testing.T, path string) (lines int, functions []int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines = bytes.Count(text, []byte("\n")); lines > maxFile {
		t.Errorf("%s has %d lines, at most %d are allowed", path, lines, maxFile)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		n := max(0, set.Position(f.Body.Rbrace).Line-set.Position(f.Body.Lbrace).Line-1)
		if n > maxFunction {
			t.Errorf("%s: %s has %d lines, at most %d are allowed", path, f.Name.Name, n, maxFunction)
		}
		functions = append(functions, n)
	}
	return lines, functions
}
