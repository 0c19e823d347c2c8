// Makes channels and says what Go's decoders read from them.
package main

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand"
	"os"
	"slices"
	"strconv"

	"github.com/andybalholm/brotli"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

type batch struct{ bytes []byte }

func (b *batch) DecodeRLP(s *rlp.Stream) (err error) {
	b.bytes, err = s.Bytes()
	return err
}

// open does what the rollup node does with a channel.
func open(data []byte, limit uint64, isFjord bool) (*rlp.Stream, error) {
	in := bufio.NewReader(bytes.NewBuffer(data))
	first, err := in.Peek(1)
	if err != nil {
		return nil, err
	}
	var out io.Reader
	switch {
	case first[0]&0xf == 8 || first[0]&0xf == 15:
		if out, err = zlib.NewReader(in); err != nil {
			return nil, err
		}
	case first[0] == 1 && isFjord:
		if _, err := in.Discard(1); err != nil {
			return nil, err
		}
		out = brotli.NewReader(in)
	default:
		return nil, errors.New("no compression")
	}
	return rlp.NewStream(out, limit), nil
}

// emit writes a line: name, fork, limit, channel, and the batches read from it.
func emit(w io.Writer, name string, isFjord bool, limit uint64, data []byte) {
	fjord := 0
	if isFjord {
		fjord = 1
	}
	fmt.Fprintf(w, "%s %d %d %s", name, fjord, limit, hex.EncodeToString(data))
	stream, err := open(data, limit, isFjord)
	if err != nil {
		fmt.Fprintln(w, " closed")
		return
	}
	for {
		var b batch
		if err := stream.Decode(&b); err != nil {
			break
		}
		fmt.Fprintf(w, " %d:%x", len(b.bytes), crypto.Keccak256(b.bytes)[:4])
	}
	fmt.Fprintln(w, " end")
}

func rlpString(n int, r *rand.Rand, kind int) []byte {
	b := make([]byte, n)
	switch kind {
	case 0: // Compressible to next to nothing.
		for i := range b {
			b[i] = byte(i % 7)
		}
		if n == 1 {
			b[0] = 0x80
		}
	case 1: // Text-like.
		for i := range b {
			b[i] = byte('a' + r.Intn(4))
		}
		if n == 1 {
			b[0] = 0x81
		}
	default:
		r.Read(b)
		if n == 1 {
			b[0] |= 0x80
		}
	}
	out, _ := rlp.EncodeToBytes(b)
	return out
}

func zl(level int, parts ...[]byte) []byte {
	var buf bytes.Buffer
	w, _ := zlib.NewWriterLevel(&buf, level)
	for i, p := range parts {
		w.Write(p)
		if i+1 < len(parts) {
			w.Flush()
		}
	}
	w.Close()
	return buf.Bytes()
}

func br(level, lgwin int, parts ...[]byte) []byte {
	var buf bytes.Buffer
	buf.WriteByte(1)
	w := brotli.NewWriterOptions(&buf, brotli.WriterOptions{Quality: level, LGWin: lgwin})
	for i, p := range parts {
		w.Write(p)
		if i+1 < len(parts) {
			w.Flush()
		}
	}
	w.Close()
	return buf.Bytes()
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func badSum(b []byte) []byte {
	c := append([]byte{}, b...)
	c[len(c)-1] ^= 1
	return c
}

const big = 10_000_000

func fixed(w io.Writer) {
	r := rand.New(rand.NewSource(1))
	s := func(n int) []byte { return rlpString(n, r, 0) }
	// A batch whose encoding ends at a given place of the stream.
	ending := func(total int) []byte {
		for n := total - 5; n < total; n++ {
			if n >= 0 && len(s(n)) == total {
				return s(n)
			}
		}
		return s(total)
	}
	emit(w, "empty", true, big, nil)
	emit(w, "unknown-compression", true, big, []byte{2, 3, 4})
	three := cat(s(3), s(0), s(70))
	z := zl(6, three)
	emit(w, "zlib", false, big, z)
	emit(w, "zlib-stored", false, big, zl(0, three))
	emit(w, "zlib-huffman", false, big, zl(-2, three))
	for i := 0; i < len(z); i++ {
		emit(w, fmt.Sprintf("zlib-cut-%d", i), false, big, z[:i])
	}
	emit(w, "zlib-trailing", false, big, append(append([]byte{}, z...), 1, 2, 3))
	// Headers.
	hdr := func(a, b byte, mid ...byte) []byte { return cat([]byte{a, b}, mid, z[2:]) }
	fix := func(a, b byte) byte { b &= 0xe0; return b + byte((31-(int(a)*256+int(b))%31)%31) }
	emit(w, "zlib-method-15", false, big, hdr(0x7f, fix(0x7f, 0)))
	emit(w, "zlib-window-8", false, big, hdr(0x88, fix(0x88, 0)))
	emit(w, "zlib-window-0", false, big, hdr(0x08, fix(0x08, 0)))
	emit(w, "zlib-check", false, big, hdr(0x78, fix(0x78, 0)^1))
	emit(w, "zlib-dictionary-1", false, big, hdr(0x78, fix(0x78, 0x20), 0, 0, 0, 1))
	emit(w, "zlib-dictionary-2", false, big, hdr(0x78, fix(0x78, 0x20), 0, 0, 0, 2))
	emit(w, "zlib-dictionary-cut", false, big, []byte{0x78, fix(0x78, 0x20), 0, 0, 0})
	// The end of the stream against the portions it is read in.
	for _, total := range []int{4095, 4096, 4097, 8191, 8192, 8193, 32767, 32768, 32769, 32768 + 4095,
		32768 + 4096, 32768 + 4097, 36863, 36864, 36865, 40959, 40960, 40961, 65535, 65536, 65537, 98304, 102400, 131072, 135168, 135169} {
		c := zl(9, ending(total))
		emit(w, fmt.Sprintf("zlib-size-%d", total), false, big, c)
		emit(w, fmt.Sprintf("zlib-size-%d-bad-sum", total), false, big, badSum(c))
		emit(w, fmt.Sprintf("zlib-size-%d-no-sum", total), false, big, c[:len(c)-4])
		two := zl(9, cat(s(40), ending(total-41)))
		emit(w, fmt.Sprintf("zlib-second-%d-bad-sum", total), false, big, badSum(two))
		more := zl(9, cat(ending(total), s(5)))
		emit(w, fmt.Sprintf("zlib-more-%d-bad-sum", total), false, big, badSum(more))
		for _, cut := range []int{1, 5000, 30000} {
			if cut >= total {
				continue
			}
			d := ending(total)
			f := zl(9, d[:cut], d[cut:])
			emit(w, fmt.Sprintf("zlib-flush-%d-%d-bad-sum", total, cut), false, big, badSum(f))
			g := zl(9, d[:total-cut], d[total-cut:])
			emit(w, fmt.Sprintf("zlib-flush-%d-%d-from-end-bad-sum", total, cut), false, big, badSum(g))
		}
		e := zl(9, ending(total), nil)
		emit(w, fmt.Sprintf("zlib-flush-%d-at-end-bad-sum", total), false, big, badSum(e))
		b := br(9, 18, ending(total))
		emit(w, fmt.Sprintf("brotli-size-%d", total), true, big, b)
		emit(w, fmt.Sprintf("brotli-size-%d-junk", total), true, big, append(append([]byte{}, b...), 0))
		bm := br(9, 18, cat(ending(total), s(5)))
		emit(w, fmt.Sprintf("brotli-more-%d-junk", total), true, big, append(append([]byte{}, bm...), 0))
		bf := br(9, 10, ending(total)[:total/2], ending(total)[total/2:])
		emit(w, fmt.Sprintf("brotli-flush-%d-junk", total), true, big, append(append([]byte{}, bf...), 0))
		emit(w, fmt.Sprintf("brotli-flush-%d-cut", total), true, big, bf[:len(bf)-1])
	}
	// RLP.
	bodies := map[string][]byte{
		"list": cat(s(3), []byte{0xc1, 0x80}, s(4)), "byte": cat(s(3), []byte{5}, s(4)),
		"long-byte": cat(s(3), []byte{0x81, 5}, s(4)), "empty-strings": cat(s(0), s(0)),
		"size-55": cat(s(3), []byte{0xb8, 55}, make([]byte, 55)), "size-zero": cat(s(3), []byte{0xb9, 0, 60}, make([]byte, 60)),
		"size-huge": cat(s(3), []byte{0xbf, 255, 255, 255, 255, 255, 255, 255, 255}), "cut-size": cat(s(3), []byte{0xba, 1}),
		"cut": cat(s(3), []byte{0x90, 1, 2, 3}), "nothing": nil,
	}
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		emit(w, "rlp-"+name, false, big, zl(6, bodies[name]))
		emit(w, "rlp-"+name+"-brotli", true, big, br(6, 18, bodies[name]))
	}
	// The limit.
	body := cat(s(10), s(60), s(3))
	for limit := uint64(1); limit <= uint64(len(body))+1; limit++ {
		emit(w, fmt.Sprintf("limit-%d", limit), false, limit, zl(6, body))
	}
	// Brotli.
	b := br(6, 18, three)
	emit(w, "brotli", true, big, b)
	emit(w, "brotli-before-fjord", false, big, b)
	emit(w, "brotli-nothing", true, big, []byte{1})
	for i := 1; i < len(b); i++ {
		emit(w, fmt.Sprintf("brotli-cut-%d", i), true, big, b[:i])
	}
	// Junk behind the stream, in the same portion of input and in the next.
	for _, n := range []int{4000, 4095, 4096, 36862, 36863, 36864, 36865} {
		for pad := 0; pad < 3; pad++ {
			d := rlpString(n-60+pad, r, 2)
			c := br(1, 18, d)
			if len(d) < 5000 {
				emit(w, fmt.Sprintf("brotli-random-%d-%d-junk", n, pad), true, big, append(append([]byte{}, c...), 7))
			}
		}
	}
	// Damage right behind the last byte of output, which fills a window of its size.
	for _, h := range []string{
		"0181f8000000a8c20171faa93f340ac04f115737b382edb411",
		"01e1f80100003085633b793510784d24520cf8175aae4d59310ea59890a49aac6db0929a",
	} {
		d, _ := hex.DecodeString(h)
		emit(w, fmt.Sprintf("brotli-padding-%d", len(d)), true, big, d)
	}
	// A window that is too large: the extension of the RFC.
	emit(w, "brotli-large-window", true, big, cat([]byte{1, 0x11, 0x18}, b[2:]))
}

// random writes mutated channels.
func random(w io.Writer, seed int64, count int, max int) {
	r := rand.New(rand.NewSource(seed))
	for i := 0; i < count; i++ {
		n := 1 + r.Intn(4)
		var parts [][]byte
		flushes := r.Intn(3)
		for j := 0; j < n; j++ {
			size := r.Intn(max)
			if r.Intn(3) == 0 {
				size = r.Intn(100)
			}
			parts = append(parts, rlpString(size, r, r.Intn(3)))
		}
		if flushes == 0 {
			parts = [][]byte{bytes.Join(parts, nil)}
		}
		var c []byte
		isBrotli := r.Intn(2) == 0
		if isBrotli {
			c = br(r.Intn(12), 10+r.Intn(10), parts...)
		} else {
			c = zl(r.Intn(12)-2, parts...)
		}
		switch r.Intn(6) {
		case 0:
		case 1:
			c = c[:r.Intn(len(c)+1)]
		case 2:
			extra := make([]byte, r.Intn(5))
			r.Read(extra)
			c = append(c, extra...)
		default:
			for k := r.Intn(3); k >= 0; k-- {
				at := r.Intn(len(c))
				if r.Intn(2) == 0 {
					at = r.Intn(1 + len(c)/8)
				}
				c[at] ^= 1 << r.Intn(8)
			}
		}
		emit(w, fmt.Sprintf("random-%d-%d", seed, i), true, big, c)
	}
}

func main() {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	if len(os.Args) == 1 {
		fixed(w)
		random(w, 7, 300, 300)
		return
	}
	seed, _ := strconv.ParseInt(os.Args[1], 10, 64)
	count, _ := strconv.Atoi(os.Args[2])
	max, _ := strconv.Atoi(os.Args[3])
	random(w, seed, count, max)
}
