package export

import (
	"fmt"
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"

	"monde/core/sweep"
)

// groupRows is how many rows a row group has: about 3 MB before compression, which is
// what a writer holds, and few enough groups that a reader of 1,000,000 rows skips well.
const groupRows = 1 << 14

// parquetWriter writes typed columns, compressed. Those of a result are nullable.
type parquetWriter struct {
	w       *parquet.GenericWriter[any]
	columns []sweep.Column
	rows    []parquet.Row // used again
}

var _ Writer = (*parquetWriter)(nil)

func newParquet(w io.Writer, axes []sweep.Axis) *parquetWriter {
	columns := sweep.Columns(axes)
	return &parquetWriter{columns: columns, w: parquet.NewGenericWriter[any](w, schema(columns),
		parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(groupRows),
		parquet.CreatedBy("monde", "1", ""))}
}

// schema has the columns in their order. It is of a struct, for a parquet.Group sorts
// them by name.
func schema(columns []sweep.Column) *parquet.Schema {
	var fields []reflect.StructField
	for i, c := range columns {
		tag := c.Name
		if c.Optional {
			tag += ",optional"
		}
		if c.Kind == sweep.TextColumn && c.Name != "digest" {
			tag += ",dict" // a few names over and over
		}
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprintf("C%d", i), Type: typeOf(c.Kind), Tag: reflect.StructTag(fmt.Sprintf("parquet:%q", tag)),
		})
	}
	return parquet.NewSchema("sweep", parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}

func typeOf(k sweep.ColumnKind) reflect.Type {
	switch k {
	case sweep.WholeColumn:
		return reflect.TypeFor[int64]()
	case sweep.RealColumn:
		return reflect.TypeFor[float64]()
	case sweep.TruthColumn:
		return reflect.TypeFor[bool]()
	default:
		return reflect.TypeFor[string]()
	}
}

// Write implements Writer.
func (p *parquetWriter) Write(rows []sweep.Row) error {
	for len(p.rows) < len(rows) {
		p.rows = append(p.rows, make(parquet.Row, len(p.columns)))
	}
	for i := range rows {
		for k, c := range p.columns {
			p.rows[i][k] = inParquet(c, k, &rows[i])
		}
	}
	_, err := p.w.WriteRows(p.rows[:len(rows)])
	return err
}

func inParquet(c sweep.Column, at int, r *sweep.Row) parquet.Value {
	v, ok := c.Of(r)
	if !ok {
		return parquet.NullValue().Level(0, 0, at)
	}
	defined := 0
	if c.Optional {
		defined = 1
	}
	return value(c.Kind, v).Level(0, defined, at)
}

func value(k sweep.ColumnKind, v sweep.Cell) parquet.Value {
	switch k {
	case sweep.WholeColumn:
		return parquet.Int64Value(v.Whole)
	case sweep.RealColumn:
		return parquet.DoubleValue(v.Real)
	case sweep.TruthColumn:
		return parquet.BooleanValue(v.Truth)
	default:
		return parquet.ByteArrayValue([]byte(v.Text))
	}
}

// Close implements Writer.
func (p *parquetWriter) Close() error { return p.w.Close() }
