// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// Programs that are watched while they run: the table and the way to call them are those of tests/lab/grower.c, with "lab --growing". They
// grow by p.bytes a second, by the clock, or work and do not grow.
var growing []scenario

// For so long something grows: a minute of watching, and what a busy machine takes longer.
const growFor = 150 * time.Second

// Without huge pages, also in what is executed next: by stairs of 2 MiB a minute tells no growth, and the kernel of the guests makes many.
func smallPages() {
	const prSetThpDisable = 41
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, prSetThpDisable, 1, 0, 0, 0, 0); e != 0 {
		die(e, "prctl")
	}
}

// Calls work ten times a second with how many units of size are due. More than 2 MiB are never due at once: a jump is another thing.
func paced(size int, work func(n int)) func(p *plan) int {
	return func(p *plan) int {
		go func() {
			begin, due, done := time.Now(), 0, 0
			for now := range time.Tick(100 * time.Millisecond) {
				d := now.Sub(begin)
				if d > growFor {
					break
				}
				due = min(int(d.Seconds()*float64(p.bytes)), due+2*mib)
				n := (due - done) / size
				work(n)
				done += n * size
			}
		}()
		return p.bytes
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

var (
	entries = map[string][]byte{}
	ring    = make([][]byte, 1000)
	made    int
	scratch []byte
)

// A request's work: its garbage is some 60 KiB, ten times a second what a busy service makes.
func serveOne() {
	for i := 0; i < 8; i++ {
		scratch = written(make([]byte, 4*kib))
		scratch = []byte(fmt.Sprintf("%x", sha256.Sum256(scratch)))
	}
	for i := 0; i < 30; i++ {
		scratch = make([]byte, kib)
	}
}

func requests(n int) {
	for i := 0; i < n; i++ {
		serveOne()
	}
}

// A map that nothing is removed from.
func remember(n int) {
	for i := 0; i < n; i++ {
		made++
		entries["key-"+strconv.Itoa(made)] = written(make([]byte, kib))
	}
}

// The same amid requests, so that collections run.
func rememberBusily(n int) {
	requests(20)
	remember(n)
}

// A cache of a bounded size: full after a while, then each entry takes the place of another.
func bounded(n int) {
	requests(20)
	for i := 0; i < n; i++ {
		made++
		ring[made%len(ring)] = written(make([]byte, 4*kib))
	}
}

func leakGoroutines(n int) {
	startLeak(n, leakyWorker)
}

// Goroutines that wait, are many now and then, and end.
func pool(int) {
	made++
	if made%40 != 0 {
		return
	}
	stop := make(chan struct{})
	for i := 0; i < 300; i++ {
		go func() {
			held := written(make([]byte, perGoroutine))
			<-stop
			runtime.KeepAlive(held)
		}()
	}
	time.AfterFunc(2*time.Second, func() { close(stop) })
}

func mapMore(n int) {
	for i := 0; i < n; i++ {
		block, err := syscall.Mmap(-1, 0, 64*kib, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		die(err, "mmap")
		written(block)
	}
}

// Every eight seconds 12 MiB are worked on, and forgotten.
func batch(int) {
	made++
	if made%80 != 1 {
		return
	}
	var all [][]byte
	for i := 0; i < 12*mib/(16*kib); i++ {
		all = append(all, written(make([]byte, 16*kib)))
	}
	runtime.KeepAlive(all)
}

// A program that writes what comes in to a file, with a heap that stays as it is.
func writeLog(p *plan) int {
	f, err := os.Create(filepath.Join(p.dir, "log"))
	die(err, "create")
	fill(4*mib, 16*kib)
	return paced(64*kib, func(n int) {
		requests(5)
		for i := 0; i < n; i++ {
			_, err := f.Write(last64k)
			die(err, "write")
		}
		made++
		if made%10 == 0 {
			die(f.Sync(), "sync")
		}
	})(p)
}

// And one that reads it again, as a queue on disk is read: every second the last 2 MiB, twice. This page cache is in docker's figure.
func rereadLog(p *plan) int {
	const window = 2 * mib
	f, err := os.Create(filepath.Join(p.dir, "queue"))
	die(err, "create")
	fill(4*mib, 16*kib)
	block, end := make([]byte, 64*kib), 0
	return paced(64*kib, func(n int) {
		requests(5)
		for i := 0; i < n; i++ {
			_, err := f.Write(last64k)
			die(err, "write")
			end += 64 * kib
		}
		made++
		for again := 0; made%10 == 0 && again < 2; again++ {
			for at := end - min(end, window); at < end; at += 64 * kib {
				_, err := f.ReadAt(block, int64(at))
				die(err, "read")
			}
		}
	})(p)
}

// A heap of 8 MiB and a full cache, as after some days; then requests.
func service(p *plan) int {
	fill(8*mib, 16*kib)
	return paced(64*kib, func(int) { requests(20) })(p)
}

// What a goroutine costs: its stack, its slice and what the runtime keeps of it.
const perLeak = 8 * kib

// Collections move the figure, and a minute may be too short to rule growth out: then nothing is said of it.
const settled = "steady|plateau|-"

func init() {
	growing = []scenario{
		{name: "go-heap", cause: "growth-go-heap", also: "growth-anon", tolerance: 40, flags: "quiet", what: "a map that nothing is removed from",
			plant: paced(kib, rememberBusily)},
		{name: "go-heap-alone", cause: "growth-go-heap|growth-anon", also: "growth-anon,growth-go-heap", tolerance: 40, flags: "quiet",
			what: "the same with little garbage, so that few collections run", plant: paced(kib, remember)},
		{name: "go-goroutines", cause: "growth-goroutines", also: "growth-anon,growth-go-heap", tolerance: 40, flags: "quiet",
			what: "goroutines blocked on a channel", plant: paced(perLeak, leakGoroutines)},
		{name: "go-mmap", cause: "growth-off-heap", also: "growth-anon", tolerance: 30, flags: "quiet", what: "memory mapped by the program itself",
			plant: paced(64*kib, mapMore)},
		{name: "go-log", cause: "growth-cache|growth-kernel", also: "growth-cache,growth-kernel", tolerance: 40, flags: "quiet,outside", what: "a log that is written, with a flat heap", plant: writeLog},
		{name: "go-queue", cause: "growth-cache", also: "-", tolerance: 40, flags: "quiet,lru", what: "a file written and read again, with a flat heap",
			plant: rereadLog},
		{name: "go-idle", cause: "steady", also: "-", flags: "quiet", what: "a Go program that does nothing", plant: nothing},
		{name: "go-service", cause: settled, also: "-", flags: "quiet", what: "requests that leave garbage only", plant: service},
		{name: "go-bounded", cause: settled, also: "-", flags: "quiet", what: "a cache that is full after a while", plant: paced(4*kib, bounded)},
		{name: "go-pool", cause: settled, also: "-", flags: "quiet", what: "goroutines that come and go", plant: paced(kib, pool)},
		{name: "go-batch", cause: settled, also: "-", flags: "quiet", what: "12 MiB every eight seconds", plant: paced(kib, batch)},
	}
	for i := range growing {
		growing[i].pace = true
	}
}
