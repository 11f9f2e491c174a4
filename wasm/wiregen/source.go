package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A constant is one value of a named string type.
type constant struct {
	value   string
	comment string
}

// source is what reflection cannot see of one package.
type source struct {
	types     map[string]string            // documentation by type
	fields    map[string]map[string]string // line comment by type and field
	constants map[string][]constant        // by type, as declared
}

// readSource parses the package in dir, without its tests.
func readSource(dir string) (source, error) {
	s := source{map[string]string{}, map[string]map[string]string{}, map[string][]constant{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return s, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.ParseComments)
		if err != nil {
			return s, err
		}
		if err := s.add(file); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s source) add(file *ast.File) error {
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.addType(decl, spec)
			case *ast.ValueSpec:
				if err := s.addConstants(decl, spec); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s source) addType(decl *ast.GenDecl, spec *ast.TypeSpec) {
	doc := spec.Doc
	if doc == nil {
		doc = decl.Doc
	}
	s.types[spec.Name.Name] = oneLine(doc)
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	comments := map[string]string{}
	for _, f := range body.Fields.List {
		for _, name := range f.Names {
			comments[name.Name] = oneLine(f.Comment)
		}
	}
	s.fields[spec.Name.Name] = comments
}

func (s source) addConstants(decl *ast.GenDecl, spec *ast.ValueSpec) error {
	named, ok := spec.Type.(*ast.Ident)
	if decl.Tok != token.CONST || !ok {
		return nil
	}
	for _, v := range spec.Values {
		lit, ok := v.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			continue
		}
		value, err := strconv.Unquote(lit.Value)
		if err != nil {
			return fmt.Errorf("constant of %s: %w", named.Name, err)
		}
		s.constants[named.Name] = append(s.constants[named.Name], constant{value, oneLine(spec.Comment)})
	}
	return nil
}

// oneLine returns the text of a comment on one line; c may be nil.
func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
