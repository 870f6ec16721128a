// Auditor reads a copied log with the libraries of the Go checksum database, which know nothing of golive.
//
//	auditor <folder with log/> <vkey of the log>
//
// It prints the size and the root of the log, or says what is wrong and exits with 1.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "auditor <folder> <vkey>")
		os.Exit(2)
	}
	tree, err := audit(filepath.Join(os.Args[1], "log"), os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(tree.N, tree.Hash)
}

func audit(dir, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := readCheckpoint(filepath.Join(dir, "checkpoint"), verifier)
	if err != nil {
		return tree, err
	}
	hashes, err := readEntries(dir, tree.N)
	if err != nil {
		return tree, err
	}
	if err := checkRoot(tree, hashes, "checkpoint"); err != nil {
		return tree, err
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		want, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return tree, err
		}
		got, err := os.ReadFile(filepath.Join(dir, tilePath(strconv.Itoa(tile.L), tile.N, tile.W)))
		if err != nil {
			return tree, err
		}
		if !bytes.Equal(got, want) {
			return tree, fmt.Errorf("tile %d/%d does not hold the hashes of the entries", tile.L, tile.N)
		}
	}
	copies, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*"))
	if err != nil {
		return tree, err
	}
	for _, path := range copies {
		earlier, err := readCheckpoint(path, verifier)
		if err != nil {
			return tree, err
		}
		if earlier.N > tree.N {
			return tree, fmt.Errorf("%s is about %d entries, the log has %d", path, earlier.N, tree.N)
		}
		if err := checkRoot(earlier, hashes, path); err != nil {
			return tree, err
		}
	}
	return tree, nil
}

// storedHashes are the hashes of the tree in the order in which the checksum database stores them.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(s)) {
			return nil, errors.New("a hash beyond the end of the log")
		}
		out[i] = s[index]
	}
	return out, nil
}

func checkRoot(tree tlog.Tree, hashes storedHashes, what string) error {
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("%s: the root of the first %d entries is %s, signed was %s", what, tree.N, root, tree.Hash)
	}
	return nil
}

// readCheckpoint opens a signed note and reads origin, size and root from its text.
func readCheckpoint(path string, verifier note.Verifier) (tlog.Tree, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(content, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("%s is no checkpoint of %s", path, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

func readEntries(dir string, size int64) (storedHashes, error) {
	var hashes storedHashes
	for n := int64(0); n*tileWidth < size; n++ {
		width := min(size-n*tileWidth, tileWidth)
		path := filepath.Join(dir, tilePath("entries", n, int(width)))
		rest, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for i := int64(0); i < width; i++ {
			if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
				return nil, fmt.Errorf("%s is cut off in entry %d", path, i)
			}
			length := int(binary.BigEndian.Uint16(rest))
			added, err := tlog.StoredHashes(n*tileWidth+i, rest[2:2+length], hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, added...)
			rest = rest[2+length:]
		}
		if len(rest) > 0 {
			return nil, fmt.Errorf("%s holds more than %d entries", path, width)
		}
	}
	return hashes, nil
}

func tilePath(level string, n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < tileWidth {
		path += fmt.Sprintf(".p/%d", width)
	}
	return filepath.Join("tile", level, path)
}
