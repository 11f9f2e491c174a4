package job

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"monde/core/report"
	"monde/core/sweep"
)

// maxUnpacked bounds what a stored result may become: 256 points, or one report.
const maxUnpacked = 256 << 20

// Both are safe for concurrent use, and cost memory once.
var (
	packer, _   = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecoderConcurrency(0))
)

// pack compresses what is stored.
func pack(doc []byte) []byte { return packer.EncodeAll(doc, nil) }

func unpack(data []byte, v any) error {
	doc, err := unpacker.DecodeAll(data, nil)
	if err != nil {
		return fmt.Errorf("a stored result is damaged: %w", err)
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return fmt.Errorf("a stored result is damaged: %w", err)
	}
	return nil
}

// Rows returns the rows of a sweep's piece.
func (p Piece) Unpack() ([]sweep.Row, error) {
	var rows []sweep.Row
	err := unpack(p.Data, &rows)
	return rows, err
}

// Report returns the report that is a run's piece.
func (p Piece) Report() (*report.Report, error) {
	var r report.Report
	if err := unpack(p.Data, &r); err != nil {
		return nil, err
	}
	return &r, nil
}

// joined writes keys one after the other.
func joined(keys []ContentKey) []byte {
	data := make([]byte, 0, len(keys)*len(ContentKey{}))
	for _, k := range keys {
		data = append(data, k[:]...)
	}
	return data
}

// split reads what joined wrote.
func split(data []byte) []ContentKey {
	var keys []ContentKey
	for ; len(data) >= len(ContentKey{}); data = data[len(ContentKey{}):] {
		keys = append(keys, ContentKey(data))
	}
	return keys
}

// recalled writes results with their keys and lengths.
func recalled(all map[ContentKey][]byte) []byte {
	var data []byte
	for k, doc := range all {
		data = append(data, k[:]...)
		data = binary.AppendUvarint(data, uint64(len(doc)))
		data = append(data, doc...)
	}
	return data
}

// readRecalled reads what recalled wrote; of what is damaged, nothing.
func readRecalled(data []byte) map[ContentKey][]byte {
	all := map[ContentKey][]byte{}
	for len(data) > len(ContentKey{}) {
		k := ContentKey(data)
		n, width := binary.Uvarint(data[len(k):])
		start := len(k) + width
		if width <= 0 || n > uint64(len(data)-start) {
			return nil
		}
		all[k] = data[start : start+int(n)]
		data = data[start+int(n):]
	}
	return all
}
