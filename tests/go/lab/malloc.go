// SPDX-License-Identifier: Apache-2.0

package main

// #include <stdlib.h>
// #include <string.h>
import "C"

import "runtime"

// C's memory, beside a heap of a few MiB.
func malloc(p *plan) int {
	fill(4*mib, 16*kib)
	runtime.GC()
	for i := 0; i < p.bytes; i += 16 * kib {
		C.memset(C.malloc(16*kib), 1, 16*kib)
	}
	return p.bytes
}

// The same, a little more each time, amid requests.
func mallocMore(n int) {
	requests(5)
	for i := 0; i < n; i++ {
		C.memset(C.malloc(16*kib), 1, 16*kib)
	}
}

// A program with cgo in it is asked for what only such a program has, and for its heap.
func init() {
	live := scenario{}
	for _, s := range scenarios {
		if s.name == "live" {
			live = s
		}
	}
	scenarios = []scenario{live, {name: "malloc", cause: "off-heap", also: "-", tolerance: 5, flags: "quiet,go:1", what: "C's malloc", plant: malloc}}
	scenarios[0].what = "live heap of a program with cgo"
	growing = []scenario{{name: "go-malloc", cause: "growth-off-heap", also: "growth-anon", tolerance: 30, flags: "quiet", what: "C's malloc", pace: true,
		plant: paced(16*kib, mallocMore)}}
}
