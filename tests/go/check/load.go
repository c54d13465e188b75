// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

// Readings between two answers of the program.
const perRound = 10

// load: what only grows is, at each reading, between what the program said before and after it.
func load(v *verdict, path string, reads int) {
	t := start(path, "GOGC=100")
	defer t.end()
	pid := t.cmd.Process.Pid
	t.tell("live 10")
	before := t.tell("load 8")
	torn := 0
	for done := 0; done < reads; done += perRound {
		round := make([]*program, 0, perRound)
		for i := 0; i < perRound; i++ {
			p, err := read(pid)
			v.hold("it is read", err == nil, "reading %d: %v", done+i, err)
			if err != nil {
				return
			}
			round = append(round, p)
		}
		after := t.tell("print")
		v.hold("it was at work", after.figure["units"] > before.figure["units"], "nothing was allocated between two answers")
		for i, p := range round {
			if underLoad(v, fmt.Sprintf("reading %d", done+i), before, after, p) {
				torn++
			}
		}
		before = after
	}
	fmt.Printf("# %s: %d readings, %d without figures\n", v.name, reads, torn)
	// Under allocation that never pauses some readings fail, and say so; not most of them.
	v.hold("figures in most readings", torn*2 <= reads, "%d of %d without", torn, reads)
	t.tell("stop")
	o, p, err := quiet(t)
	v.hold("equal after it", err == nil, "%v", err)
	if err == nil {
		sameFigures(v, "after the load", o, p)
	}
}

// True: this reading has no figures, and says why.
func underLoad(v *verdict, at string, before, after own, p *program) bool {
	if p.Source == nil {
		v.hold("a reading without figures says why", text(p.Why) != "null", "%s", at)
		return true
	}
	v.hold("a reading has its bound", p.Bound != nil && *p.Bound >= 0 && *p.Bound <= 4*boundMost, "%s: it is %s", at, number(p.Bound))
	if p.Bound == nil {
		return false
	}
	b := *p.Bound
	for _, name := range names {
		value := p.Memstats[name]
		if value == nil {
			v.hold("figures", false, "%s: %s is null", at, name)
			return false
		}
	}
	m := func(name string) int64 { return *p.Memstats[name] }
	for _, name := range []string{"TotalAlloc", "NumGC", "LastGC", "MSpanSys", "MCacheSys", "BuckHashSys"} {
		slack := int64(0)
		if name == "TotalAlloc" {
			slack = b
		}
		low, high := before.figure[name]-slack, after.figure[name]+slack
		v.hold("what only grows", low <= m(name) && m(name) <= high, "%s: %s is %d, not between %d and %d", at, name, m(name), low, high)
	}
	v.hold("HeapAlloc is in HeapInuse", m("HeapAlloc") <= m("HeapInuse")+b, "%s: %d of %d, bound %d", at, m("HeapAlloc"), m("HeapInuse"), b)
	apart := m("HeapSys") - m("HeapInuse") - m("HeapIdle")
	v.hold("HeapSys is HeapInuse and HeapIdle", apart <= b && -apart <= b, "%s: %d apart, bound %d", at, apart, b)
	// Ten MiB are kept, and the heap's address space is never given back; stacks are taken from it and returned to it.
	most := after.figure["HeapSys"] + after.figure["StackSys"] + b
	v.hold("HeapAlloc is what the program has", m("HeapAlloc") >= 10*mib-b && m("HeapAlloc") <= most, "%s: %d, not between 10 MiB and %d", at,
		m("HeapAlloc"), most)
	v.hold("goroutines", p.Goroutines != nil && *p.Goroutines >= 9 && *p.Goroutines <= 12, "%s: %s", at, number(p.Goroutines))
	return false
}
