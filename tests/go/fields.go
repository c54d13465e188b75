//go:build ignore

// SPDX-License-Identifier: Apache-2.0

// usage: fields PROGRAM -- prints where the fields of the runtime's variables are, from the DWARF of a Go program, as
// "NAME NUMBER" lines: the same as table prints.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
	"strings"
)

var data *dwarf.Data

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Finds a structure by name.
func find(name string) *dwarf.StructType {
	r := data.Reader()
	for {
		e, err := r.Next()
		check(err)
		if e == nil {
			check(fmt.Errorf("no type %s", name))
		}
		if e.Tag != dwarf.TagStructType {
			continue
		}
		if n, _ := e.Val(dwarf.AttrName).(string); n != name {
			continue
		}
		t, err := data.Type(e.Offset)
		check(err)
		return t.(*dwarf.StructType)
	}
}

func under(t dwarf.Type) dwarf.Type {
	for {
		td, ok := t.(*dwarf.TypedefType)
		if !ok {
			return t
		}
		t = td.Type
	}
}

// Prints the offset of a field; what a version has not is not printed.
func field(label string, t *dwarf.StructType, path string) {
	at := int64(0)
	for _, part := range strings.Split(path, ".") {
		var f *dwarf.StructField
		if t != nil {
			for _, have := range t.Field {
				if have.Name == part {
					f = have
				}
			}
		}
		if f == nil {
			return
		}
		at += f.ByteOffset
		t, _ = under(f.Type).(*dwarf.StructType)
	}
	fmt.Printf("%s %d\n", label, at)
}

func fields(prefix string, t *dwarf.StructType, names ...string) {
	for _, n := range names {
		field(prefix+"."+n, t, n)
	}
}

func main() {
	f, err := elf.Open(os.Args[1])
	check(err)
	data, err = f.DWARF()
	check(err)
	fields("g", find("runtime.g"), "stack.lo", "stack.hi", "atomicstatus", "goid", "waitsince", "waitreason", "gopc", "startpc")
	fields("gcController", find("runtime.gcControllerState"), "gcPercent", "memoryLimit", "heapMinimum", "gcPercentHeapGoal",
		"sweepDistMinTrigger", "triggered", "heapLive", "heapMarked", "heapInUse", "heapReleased", "heapFree", "totalAlloc",
		"totalFree", "mappedReady")
	stats := find("runtime.mstats")
	field("heapStats.stats", stats, "heapStats.stats")
	field("heapStats.gen", stats, "heapStats.gen")
	shard := find("runtime.heapStatsDelta")
	fmt.Println("shard.size", shard.ByteSize)
	fields("shard", shard, "committed", "released", "inHeap", "inStacks", "inWorkBufs", "inPtrScalarBits", "largeAlloc",
		"smallAllocCount", "largeFree", "smallFreeCount")
	fields("memstats", stats, "stacks_sys", "mspan_sys", "mcache_sys", "buckhash_sys", "gcMiscSys", "other_sys", "last_gc_unix",
		"numgc")
	fmt.Println("mcache.size", find("runtime.mcache").ByteSize)
}
