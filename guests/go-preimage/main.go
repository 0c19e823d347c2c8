// A guest in Go: reads the pre-image that local key 1 names, and prints it.
//
// The runtime of Go starts, collects no garbage, and ends; the pre-image comes by the same
// protocol that the guests in Rust speak.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

const (
	hintRead      = 3
	hintWrite     = 4
	preimageRead  = 5
	preimageWrite = 6
)

func main() {
	keys := os.NewFile(preimageWrite, "keys")
	values := os.NewFile(preimageRead, "values")

	var local [32]byte
	local[0], local[31] = 1, 1
	hash := preimage(keys, values, local)
	if len(hash) != 32 {
		fmt.Fprintln(os.Stderr, "local key 1 is no hash")
		os.Exit(2)
	}
	hint(fmt.Sprintf("l1-block-header 0x%x", hash))
	key := [32]byte(hash)
	key[0] = 2
	fmt.Printf("%s\n", preimage(keys, values, key))
}

func preimage(keys io.Writer, values io.Reader, key [32]byte) []byte {
	if _, err := keys.Write(key[:]); err != nil {
		panic(err)
	}
	var length [8]byte
	if _, err := io.ReadFull(values, length[:]); err != nil {
		panic(err)
	}
	value := make([]byte, binary.BigEndian.Uint64(length[:]))
	if _, err := io.ReadFull(values, value); err != nil {
		panic(err)
	}
	return value
}

func hint(text string) {
	message := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	message = append(message, text...)
	if _, err := os.NewFile(hintWrite, "hints").Write(message); err != nil {
		panic(err)
	}
	var acknowledgement [1]byte
	if _, err := io.ReadFull(os.NewFile(hintRead, "acknowledgements"), acknowledgement[:]); err != nil {
		panic(err)
	}
}
