// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"
)

// What must be true of the figures of any Go program (runtime/mstats.go), whatever it does.
func identities(v *verdict, p *program) {
	m := map[string]int64{}
	for _, name := range names {
		value := p.Memstats[name]
		v.hold("figures are there", value != nil, "%s is null", name)
		if value == nil {
			return
		}
		v.hold("figures are numbers of bytes", *value >= 0, "%s is %d", name, *value)
		m[name] = *value
	}
	v.hold("HeapSys is HeapInuse and HeapIdle", m["HeapSys"] == m["HeapInuse"]+m["HeapIdle"], "%d, %d, %d", m["HeapSys"], m["HeapInuse"],
		m["HeapIdle"])
	sum := m["HeapSys"] + m["StackSys"] + m["MSpanSys"] + m["MCacheSys"] + m["BuckHashSys"] + m["GCSys"] + m["OtherSys"]
	v.hold("Sys is the sum of its parts", m["Sys"] == sum, "%d is not %d", m["Sys"], sum)
	v.hold("HeapReleased is in HeapIdle", m["HeapReleased"] <= m["HeapIdle"], "%d of %d", m["HeapReleased"], m["HeapIdle"])
	v.hold("StackInuse is in StackSys", m["StackInuse"] > 0 && m["StackInuse"] <= m["StackSys"], "%d of %d", m["StackInuse"], m["StackSys"])
	v.hold("bound", p.Bound != nil && *p.Bound >= 0 && *p.Bound <= boundMost, "it is %s", number(p.Bound))
	if p.Bound != nil {
		v.hold("HeapAlloc is in HeapInuse", m["HeapAlloc"] > 0 && m["HeapAlloc"] <= m["HeapInuse"]+*p.Bound, "%d of %d", m["HeapAlloc"],
			m["HeapInuse"])
		v.hold("HeapAlloc is in TotalAlloc", m["HeapAlloc"] <= m["TotalAlloc"]+*p.Bound, "%d of %d", m["HeapAlloc"], m["TotalAlloc"])
	}
}

// Writable memory at the addresses where a heap was before Go 1.26 drew them at random (runtime/malloc.go, arena hints).
func arenasByAddress(pid int) int64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return -1
	}
	defer f.Close()
	var sum int64
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var from, to int64
		var mode string
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); n == 3 && from>>32 == 0xc0 && strings.HasPrefix(mode, "rw") {
			sum += to - from
		}
	}
	return sum
}

func arenasFit(v *verdict, pid int, p *program) {
	r := p.Resident
	v.hold("resident memory", r != nil, "it is null: %s", text(p.Why))
	if r == nil || p.Memstats["GCSys"] == nil {
		return
	}
	heap := *p.Memstats["HeapSys"] + *p.Memstats["StackInuse"]
	most := heap + *p.Memstats["GCSys"]
	v.hold("arenas by the runtime's figures", r.Exact, "the arenas do not add up to HeapSys %d and StackInuse %d", *p.Memstats["HeapSys"],
		*p.Memstats["StackInuse"])
	v.hold("resident arenas", r.Arenas > 0 && r.Arenas+r.ArenasLazyfree <= most, "%d and %d lazily freed, of %d", r.Arenas, r.ArenasLazyfree, most)
	if mapped := arenasByAddress(pid); mapped > 0 {
		v.hold("HeapSys and the mappings agree", heap <= mapped && mapped <= most, "HeapSys and StackInuse are %d, with GCSys %d, mapped %d", heap,
			most, mapped)
	}
}

func goroutinesFit(v *verdict, p *program) {
	v.hold("goroutines", p.Goroutines != nil && *p.Goroutines > 0, "there are %s", number(p.Goroutines))
	var total int64
	seen := false
	for _, g := range p.Groups {
		if !g.System {
			total += g.Count
			seen = seen || text(g.Function) == "main.main"
		}
		v.hold("groups have names", g.Function != nil && *g.Function != "" && g.State != nil && *g.State != "", "%d in %s, function %s", g.Count,
			text(g.State), text(g.Function))
	}
	v.hold("groups add up", p.Goroutines != nil && total == *p.Goroutines, "%d of %s", total, number(p.Goroutines))
	v.hold("main's goroutine is among them", seen, "there is none of main.main")
}

// A program may do something while it is read: then one reading of ten has to be right.
func foreign(v *verdict, version string, pid int) {
	for try := 1; ; try++ {
		once := &verdict{name: v.name, faults: map[string][]string{}}
		foreignOnce(once, version, pid)
		wrong := false
		for _, faults := range once.faults {
			wrong = wrong || len(faults) > 0
		}
		if wrong && try < 10 {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		v.order, v.faults = once.order, once.faults
		return
	}
}

func foreignOnce(v *verdict, version string, pid int) {
	p, err := read(pid)
	v.hold("it is read", err == nil, "%v", err)
	if err != nil {
		return
	}
	right := text(p.Version) == version || strings.HasPrefix(text(p.Version), version+".")
	v.hold("version", right, "cgmem says %s, it is %s", text(p.Version), version)
	v.hold("from memory", text(p.Source) == "memory", "the source is %s: %s", text(p.Source), text(p.Why))
	if text(p.Source) != "memory" {
		return
	}
	identities(v, p)
	arenasFit(v, pid, p)
	goroutinesFit(v, p)
}

// A program that waits on its standard input.
func started(v *verdict, version string, argv []string) {
	c := command(argv[0], nil, argv[1:]...)
	to, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	v.hold("it starts", err == nil, "%v", err)
	if err != nil {
		return
	}
	defer func() {
		to.Close()
		c.Process.Kill()
		c.Wait()
	}()
	time.Sleep(500 * time.Millisecond)
	foreign(v, version, c.Process.Pid)
}
