// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"
)

// Figures that only grow; what is asked of an endpoint makes them grow, too.
var growing = map[string]bool{"TotalAlloc": true, "MSpanSys": true, "MCacheSys": true, "BuckHashSys": true, "Sys": true, "LastGC": true, "NumGC": true}

// An answer of the endpoint costs the program about this much.
const perAnswer = 2 * mib

func endpoint(v *verdict, path string) {
	t := start(path)
	defer t.end()
	pid := t.cmd.Process.Pid
	for _, s := range []string{"gogc 1000000", "live 30", "goroutines 100", "gc", "garbage 5"} {
		t.tell(s)
	}
	// The first answers make it grow most.
	for i := 0; i < 2; i++ {
		if _, err := read(pid, "--go", "endpoint"); err != nil {
			v.hold("--go endpoint", false, "%v", err)
			return
		}
	}
	before, err := read(pid)
	served, err2 := read(pid, "--go", "endpoint")
	after, err3 := read(pid)
	v.hold("it is read", err == nil && err2 == nil && err3 == nil, "%v; %v; %v", err, err2, err3)
	if err != nil || err2 != nil || err3 != nil {
		return
	}
	v.hold("from memory unless asked otherwise", text(before.Source) == "memory", "the source is %s", text(before.Source))
	v.hold("from the endpoint", text(served.Source) == "endpoint", "the source is %s: %s", text(served.Source), text(served.Why))
	for _, name := range names {
		a, b, c := before.Memstats[name], served.Memstats[name], after.Memstats[name]
		if a == nil || b == nil || c == nil {
			v.hold("figures", false, "%s is null: memory %s, endpoint %s", name, number(a), number(b))
			continue
		}
		low, high := *a, *c
		if !growing[name] {
			if low > high {
				low, high = high, low
			}
			low, high = low-perAnswer, high+perAnswer
		}
		v.hold("figures", low <= *b && *b <= high, "%s: the endpoint says %d, memory %d before and %d after", name, *b, *a, *c)
	}
	v.hold("goroutines", served.Goroutines != nil && *served.Goroutines >= *before.Goroutines && *served.Goroutines <= *before.Goroutines+8,
		"the endpoint says %s, memory %s", number(served.Goroutines), number(before.Goroutines))
	sameSpace(v, "inuse_space", served.InuseSpace, after.InuseSpace)
	sameSpace(v, "alloc_space", served.AllocSpace, after.AllocSpace)
	sites(v, "endpoint", served)
	sites(v, "memory", after)
	heapProfile(v, t)
}

// As of the last garbage collection, and none ran in between.
func sameSpace(v *verdict, name string, a, b *int64) {
	if a == nil || b == nil {
		v.hold(name, false, "it is null: endpoint %s, memory %s", number(a), number(b))
		return
	}
	apart := *a - *b
	if apart < 0 {
		apart = -apart
	}
	v.hold(name, apart <= *b/1000, "the endpoint says %d, memory %d", *a, *b)
}

func sites(v *verdict, from string, p *program) {
	for _, s := range p.Sites {
		if text(s.Function) == "main.keep" {
			// 30 MiB, sampled every 512 KiB.
			v.hold("allocation sites", s.InuseBytes > 15*mib && s.InuseBytes < 60*mib, "%s: main.keep holds %d", from, s.InuseBytes)
			return
		}
	}
	v.hold("allocation sites", false, "%s: no main.keep among %d", from, len(p.Sites))
}

func heapProfile(v *verdict, t *target) {
	file, remove := profile(v, t)
	defer remove()
	out, err := pprof(file, "-sample_index=inuse_space", "-top")
	v.hold("go tool pprof -top of the heap", err == nil && strings.Contains(out, "main.keep"), "%v: %.400s", err, out)
	out, err = pprof(file, "-sample_index=inuse_space", "-dot")
	v.hold("go tool pprof -dot of the heap", err == nil && strings.Contains(out, "main.keep"), "%v: %.400s", err, out)
	out, err = pprof(file, "-sample_index=inuse_space", "-source_path="+os.Getenv("SOURCES"), "-list=main.keep")
	v.hold("go tool pprof -list of the heap", err == nil && strings.Contains(out, "kept = append(kept"), "%v: %.400s", err, out)
	out, err = pprof(file, "-sample_index=alloc_space", "-top", "-unit=B")
	v.hold("go tool pprof -top of what was allocated", err == nil && strings.Contains(out, fmt.Sprint("main.keep")), "%v: %.400s", err, out)
}
