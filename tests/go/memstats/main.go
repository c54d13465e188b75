// SPDX-License-Identifier: Apache-2.0

// memstats does what it is told on its standard input, one step a line, and answers each with what the Go runtime says of
// itself: one line of JSON, written when everything is quiet again. It builds with Go 1.17 and later, with and without cgo.
//
//	live MIB       keeps that much in blocks of many sizes      goroutines N   starts N that wait on a channel, each with 1 KiB
//	large MIB      keeps one block of that size                 deep N         starts N that wait with 16 KiB of stack in use
//	garbage MIB    allocates that much and keeps nothing        end            ends them all
//	free           lets go of all that is kept                  gogc N         debug.SetGCPercent
//	gc             runtime.GC                                   limit MIB      debug.SetMemoryLimit (Go 1.19)
//	release        debug.FreeOSMemory                           malloc MIB     keeps that much of C's malloc (cgo)
//	load N         N goroutines allocate until "stop"           print          nothing
//
// Without GOGC in its environment the garbage collector runs only when it is told to. An end of its input ends it.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	kept    [][]byte
	wait    = make(chan struct{})
	waiting sync.WaitGroup
	ending  sync.WaitGroup
	stop    int32
	units   [64]struct {
		n uint64
		_ [56]byte
	}
	sink  [64][]byte
	gogc  int64
	extra string // what this build adds to each answer

	// Made before: what is allocated between ReadMemStats and the answer's end would not be in it.
	stats  runtime.MemStats
	answer = make([]byte, 0, 4096)
	input  [4096]byte
	word   [4096]byte
	filled int
)

// Sizes of all classes, small and large, from a generator with a fixed start.
func keep(bytes uint64) {
	seed := uint64(len(kept)) + 1
	for bytes > 0 {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		size := uint64(8) << (seed % 13)
		size += seed >> 32 % size
		if size > bytes {
			size = bytes
		}
		kept = append(kept, fill(make([]byte, size)))
		bytes -= size
	}
}

// Something else than zeros, in each page.
func fill(block []byte) []byte {
	for i := 0; i < len(block); i += 4096 {
		block[i] = byte(i>>12) | 1
	}
	return block
}

// Not a constant: what has a known size may stand on the stack.
var perGoroutine = 1024

func holdOn() {
	held := fill(make([]byte, perGoroutine))
	waiting.Done()
	<-wait
	runtime.KeepAlive(held)
	ending.Done()
}

//go:noinline
func dive(depth int) byte {
	var frame [1024]byte
	frame[depth] = 1
	if depth == 0 {
		waiting.Done()
		<-wait
		return frame[0]
	}
	return dive(depth-1) + frame[depth]
}

func holdDeep() {
	dive(16)
	ending.Done()
}

func start(n uint64, what func()) {
	waiting.Add(int(n))
	ending.Add(int(n))
	for ; n > 0; n-- {
		go what()
	}
	waiting.Wait()
}

func allocate(me int) {
	for size := 16; atomic.LoadInt32(&stop) == 0; size = size*3%65521 + 16 {
		sink[me] = make([]byte, size)
		atomic.AddUint64(&units[me].n, 1)
	}
	ending.Done()
}

func step(what []byte, n uint64) bool {
	switch string(what) {
	case "print":
	case "live":
		keep(n << 20)
	case "large":
		kept = append(kept, fill(make([]byte, n<<20)))
	case "garbage":
		for i := uint64(0); i < n<<20; i += 4096 {
			sink[0] = make([]byte, 4096)
		}
	case "free":
		kept = nil
	case "gc":
		runtime.GC()
	case "release":
		debug.FreeOSMemory()
	case "goroutines":
		start(n, holdOn)
	case "deep":
		start(n, holdDeep)
	case "load":
		atomic.StoreInt32(&stop, 0)
		ending.Add(int(n))
		for i := 0; i < int(n); i++ {
			go allocate(i)
		}
	case "stop", "end":
		atomic.StoreInt32(&stop, 1)
		close(wait)
		ending.Wait()
		wait = make(chan struct{})
	case "gogc":
		debug.SetGCPercent(int(int32(n)))
		gogc = int64(int32(n))
	case "limit":
		return setLimit(int64(n << 20))
	case "malloc":
		return malloc(n << 20)
	default:
		return false
	}
	return true
}

func add(name string, value uint64) {
	answer = append(answer, ',', '"')
	answer = append(answer, name...)
	answer = append(answer, '"', ':')
	answer = strconv.AppendUint(answer, value, 10)
}

// Nothing here allocates after ReadMemStats.
func report() {
	var done uint64
	limit := getLimit()
	for i := range units {
		done += atomic.LoadUint64(&units[i].n)
	}
	runtime.ReadMemStats(&stats)
	s := &stats
	answer = append(answer[:0], `{"version":"`...)
	answer = append(answer, runtime.Version()...)
	answer = append(answer, '"')
	for _, v := range [...]struct {
		name  string
		value uint64
	}{
		{"HeapAlloc", s.HeapAlloc}, {"TotalAlloc", s.TotalAlloc}, {"HeapSys", s.HeapSys}, {"HeapIdle", s.HeapIdle},
		{"HeapInuse", s.HeapInuse}, {"HeapReleased", s.HeapReleased}, {"StackInuse", s.StackInuse}, {"StackSys", s.StackSys},
		{"MSpanSys", s.MSpanSys}, {"MCacheSys", s.MCacheSys}, {"BuckHashSys", s.BuckHashSys}, {"GCSys", s.GCSys},
		{"OtherSys", s.OtherSys}, {"Sys", s.Sys}, {"NextGC", s.NextGC}, {"LastGC", s.LastGC}, {"NumGC", uint64(s.NumGC)},
		{"goroutines", uint64(runtime.NumGoroutine())}, {"units", done}, {"limit", uint64(limit)},
	} {
		add(v.name, v.value)
	}
	answer = append(answer, `,"gogc":`...)
	answer = strconv.AppendInt(answer, gogc, 10)
	answer = append(answer, extra...)
	answer = append(answer, '}', '\n')
	for rest := answer; len(rest) > 0; {
		n, err := syscall.Write(1, rest)
		if err != nil && err != syscall.EINTR {
			os.Exit(1)
		}
		if n > 0 {
			rest = rest[n:]
		}
	}
}

// A line of standard input as word and number, without an allocation, the poller and its buffers. False at its end.
func line() ([]byte, uint64, bool) {
	for {
		for i := 0; i < filled; i++ {
			if input[i] != '\n' {
				continue
			}
			var n int64
			end, negative := i, false
			for j := 0; j < i; j++ {
				switch c := input[j]; {
				case c == ' ':
					end = j
				case end == i:
				case c == '-':
					negative = true
				default:
					n = n*10 + int64(c-'0')
				}
			}
			if negative {
				n = -n
			}
			size := copy(word[:], input[:end])
			filled = copy(input[:], input[i+1:filled])
			return word[:size], uint64(n), true
		}
		n, err := syscall.Read(0, input[filled:])
		if err == syscall.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			return nil, 0, false
		}
		filled += n
	}
}

func main() {
	gogc = int64(debug.SetGCPercent(-1))
	if os.Getenv("GOGC") == "" {
		gogc = -1
	}
	debug.SetGCPercent(int(gogc))
	serve()
	for {
		what, n, ok := line()
		if !ok {
			return
		}
		if !step(what, n) {
			os.Stderr.WriteString("memstats: cannot " + string(what) + "\n")
			os.Exit(2)
		}
		time.Sleep(time.Millisecond)
		report()
	}
}
