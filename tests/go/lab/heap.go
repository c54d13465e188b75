// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// The goal of such a heap is 40 times 4 MiB at least (heapMinimum, runtime/mgcpacer.go): no collection runs that nobody asked for, and
// the scavenger leaves alone as much as was in use at the last one (gcPaceScavenger, runtime/mgcscavenge.go).
const roomy = "GOGC=4000"

var (
	kept  [][]byte
	tree  *node
	wait  = make(chan struct{})
	ready sync.WaitGroup
	gone  sync.WaitGroup
)

type node struct {
	left, right *node
	value       [6]uint64
}

// Something else than zeros in each page.
func written(block []byte) []byte {
	for i := 0; i < len(block); i += 4096 {
		block[i] = byte(i>>12) | 1
	}
	return block
}

func fill(bytes, size int) {
	for ; bytes > 0; bytes -= size {
		kept = append(kept, written(make([]byte, size)))
	}
}

func stats() runtime.MemStats {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s
}

func live(p *plan) int {
	fill(p.bytes, 16*kib)
	runtime.GC()
	return p.bytes
}

func grow(depth int) *node {
	n := &node{value: [6]uint64{1, 2, 3, 4, 5, uint64(depth)}}
	if depth > 0 {
		n.left, n.right = grow(depth-1), grow(depth-1)
	}
	return n
}

// 64 bytes a node: pointers, which cost the collector metadata.
func liveTree(p *plan) int {
	const depth = 19
	tree = grow(depth - 1)
	runtime.GC()
	return (1<<depth - 1) * 64
}

func freed(p *plan) int {
	fill(p.bytes, 16*kib)
	kept = nil
	runtime.GC()
	return p.bytes
}

var last []byte

func garbage(p *plan) int {
	runtime.GC()
	for i := 0; i < p.bytes; i += 16 * kib {
		last = written(make([]byte, 16*kib))
	}
	return p.bytes
}

// One object of each page of the runtime's stays.
func fragmented(p *plan) int {
	const size, of = 512, 16
	var all [][]byte
	for i := 0; i < p.bytes/size; i++ {
		b := make([]byte, size)
		b[0], b[size-1] = 1, 1
		if i%of == 0 {
			all = append(all, b)
		} else {
			last = b
		}
	}
	kept = all
	runtime.GC()
	return p.bytes / of * (of - 1)
}

// Not a constant: what has a known size may stand on the stack.
var perGoroutine = 4096

func leakyWorker() {
	held := written(make([]byte, perGoroutine))
	ready.Done()
	<-wait
	runtime.KeepAlive(held)
	gone.Done()
}

func startLeak(n int, worker func()) {
	ready.Add(n)
	gone.Add(n)
	for i := 0; i < n; i++ {
		go worker()
	}
	ready.Wait()
}

// What the goroutines hold, and what the runtime keeps of each beside its stack: as it counts itself.
func leak(p *plan) int {
	runtime.GC()
	before := stats()
	startLeak(10000, leakyWorker)
	runtime.GC()
	return int(stats().HeapAlloc - before.HeapAlloc)
}

// Of what the goroutines held and of their stacks, what the scavenger leaves; as the runtime itself counts it.
func leakEnded(p *plan) int {
	startLeak(10000, leakyWorker)
	close(wait)
	gone.Wait()
	runtime.GC()
	var s runtime.MemStats
	for same := 0; same < 5; time.Sleep(200 * time.Millisecond) {
		released := s.HeapReleased
		if s = stats(); s.HeapReleased == released {
			same++
		} else {
			same = 0
		}
	}
	return int(s.HeapIdle - s.HeapReleased)
}

//go:noinline
func dive(depth int) byte {
	var frame [1024]byte
	frame[depth] = 1
	if depth == 0 {
		ready.Done()
		<-wait
		return frame[0]
	}
	return dive(depth-1) + frame[depth]
}

// A little under 32 KiB of stack.
func deepWorker() {
	dive(26)
}

func stacks(p *plan) int {
	startLeak(p.bytes/(32*kib), deepWorker)
	runtime.GC()
	return p.bytes
}

func mapped(p *plan) int {
	block, err := syscall.Mmap(-1, 0, p.bytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	die(err, "mmap")
	written(block)
	return p.bytes
}

// The runtime gives it back with MADV_FREE.
func lazilyFreed(p *plan) int {
	fill(p.bytes, 16*kib)
	kept = nil
	debug.FreeOSMemory()
	return p.bytes
}

// Has the heap's next bytes lie in huge pages, as all do where they are set to "always": a block's place, never written.
func hugeHeap(bytes int) {
	block := make([]byte, bytes+4*mib)
	at := uintptr(unsafe.Pointer(&block[0]))
	skip := int((at+2*mib-1)/(2*mib)*(2*mib) - at)
	die(syscall.Madvise(block[skip:skip+bytes/(2*mib)*(2*mib)], 14 /* MADV_HUGEPAGE */), "madvise")
	runtime.KeepAlive(block)
	block = nil
	runtime.GC()
}

// One page of the runtime's in 64 stays, and all between is given back: of huge pages, a part. The kernel keeps and charges them whole.
func holes(p *plan) int {
	var all [][]byte
	hugeHeap(p.bytes)
	for i := 0; i < p.bytes/(8*kib); i++ {
		b := written(make([]byte, 8*kib))
		if i%64 == 0 {
			all = append(all, b)
		} else {
			kept = append(kept, b)
		}
	}
	kept = all
	debug.FreeOSMemory()
	return p.bytes / 64 * 63
}

func limited(factor int) func(p *plan) {
	return func(p *plan) {
		limit := p.bytes*3/2 + 4*mib
		p.limit(limit)
		if factor > 0 {
			os.Setenv("LAB_GOMEMLIMIT", strconv.Itoa(limit*factor/10))
		}
	}
}

// debug.SetMemoryLimit by another name: the runtime reads it once, at its start.
func liveLimited(p *plan) int {
	if limit := os.Getenv("LAB_GOMEMLIMIT"); limit != "" && os.Getenv("GOMEMLIMIT") == "" {
		os.Setenv("GOMEMLIMIT", limit)
		die(syscall.Exec("/proc/self/exe", os.Args, os.Environ()), "exec")
	}
	return live(p)
}

func several(p *plan) int {
	each := p.bytes / 3 / (64 * kib) * (64 * kib)
	child(each)
	child(each)
	fill(each, 16*kib)
	runtime.GC()
	return 3 * each
}

func pageCache(p *plan) int {
	f, err := os.Create(filepath.Join(p.dir, "log"))
	die(err, "create")
	for i := 0; i < p.bytes; i += 64 * kib {
		_, err = f.Write(last64k)
		die(err, "write")
	}
	die(f.Sync(), "sync")
	return p.bytes
}

var last64k = written(make([]byte, 64*kib))

// An ext4 inode, a dentry, a buffer head and the like: what 10,000 files were seen to add.
const perFile = 1480

func smallFiles(p *plan) int {
	n := p.bytes / 2 / perFile
	for i := 0; i < n; i++ {
		die(os.WriteFile(filepath.Join(p.dir, "message-"+strconv.Itoa(i)), last64k[:4096], 0o600), "write")
	}
	syscall.Sync()
	return n * perFile
}

func nothing(p *plan) int { return 0 }

func init() {
	scenarios = append(scenarios, []scenario{
		{name: "idle", cause: "-", also: "-", tolerance: 5, flags: "quiet,go:1", what: "a Go program that holds nothing", plant: nothing},
		{name: "live", cause: "go-heap", also: "-", tolerance: 5, flags: "quiet,go:1", what: "live heap", plant: live},
		{name: "live-tree", cause: "go-heap", also: "-", tolerance: 5, flags: "quiet,go:1", what: "live heap of small linked objects", plant: liveTree},
		{name: "freed", cause: "go-idle", also: "-", tolerance: 5, flags: "quiet,go:1", what: "heap that was freed and not given back",
			environment: []string{roomy}, plant: freed},
		{name: "garbage", cause: "go-garbage", also: "-", tolerance: 5, flags: "quiet,go:1", what: "much allocated since the last collection",
			environment: []string{roomy}, plant: garbage},
		{name: "garbage-off", cause: "go-garbage", also: "-", tolerance: 5, flags: "go:1", what: "much allocated with GOGC=off",
			environment: []string{"GOGC=off"}, plant: garbage},
		{name: "fragmented", cause: "go-fragmentation", also: "-", tolerance: 5, flags: "quiet,go:1", what: "one object in sixteen stayed",
			environment: []string{roomy}, plant: fragmented},
		{name: "leak", cause: "go-heap", also: "go-stacks", tolerance: 5, flags: "quiet,go:1,says:main.leakyWorker",
			what: "10,000 goroutines blocked on a channel, each with 4 KiB", plant: leak},
		{name: "leak-ended", cause: "go-idle", also: "-", tolerance: 5, flags: "quiet,go:1", what: "the same after they have ended",
			environment: []string{roomy}, plant: leakEnded},
		{name: "stacks", cause: "go-stacks", also: "-", tolerance: 15, flags: "quiet,go:1,says:main.deepWorker",
			what: "goroutines blocked deep in calls", plant: stacks},
		{name: "holes", cause: "huge-pages", also: "-", tolerance: 10, flags: "quiet,go:1", what: "one page in 64 stayed, the rest was given back",
			environment: []string{roomy}, plant: holes},
		{name: "mmap", cause: "off-heap", also: "-", tolerance: 5, flags: "quiet,go:1", what: "memory mapped by the program itself", plant: mapped},
		{name: "lazyfree", cause: "lazyfree", also: "-", tolerance: 5, flags: "quiet,go:1", what: "heap given back with MADV_FREE",
			environment: []string{"GODEBUG=madvdontneed=0"}, plant: lazilyFreed},
		{name: "limit-above", cause: "go-heap", also: "go-limit", tolerance: 5, flags: "group,go:1", what: "GOMEMLIMIT above the container's limit",
			prepare: limited(40), plant: liveLimited},
		{name: "limit-off", cause: "go-heap", also: "go-limit", tolerance: 5, flags: "group,go:1", what: "a container's limit without GOMEMLIMIT",
			prepare: limited(0), plant: liveLimited},
		{name: "limit-good", cause: "go-heap", also: "-", tolerance: 5, flags: "group,quiet,go:1", what: "GOMEMLIMIT a little below the container's limit",
			prepare: limited(9), plant: liveLimited},
		{name: "several", cause: "go-heap", also: "-", tolerance: 5, flags: "quiet,go:3", what: "live heap of three processes", plant: several},
		{name: "entrypoint", cause: "go-heap", also: "-", tolerance: 5, flags: "quiet,go:1", what: "live heap of a program that a shell started",
			plant: live, fromEntryPoint: true},
		{name: "cache", cause: "cache-inactive", also: "-", tolerance: 5, flags: "quiet,go:1", what: "a file written, with a flat heap", plant: pageCache},
		{name: "small-files", cause: "slab-reclaimable", also: "-", tolerance: 10, flags: "quiet,slow,go:1", what: "many files written, with a flat heap",
			plant: smallFiles},
	}...)
}
