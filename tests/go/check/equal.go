// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A bound must say something.
const boundMost = 8 * mib

// A step, and what is kept, waits and was allocated after it.
type step struct {
	what       string
	kept       int64 // MiB, each page of it written
	goroutines int64
	deep       int64
}

var steps = []step{
	{"print", 0, 0, 0},
	{"live 20", 20, 0, 0},
	{"goroutines 200", 20, 200, 0},
	{"gogc 100", 20, 200, 0},
	{"gc", 20, 200, 0},
	{"garbage 7", 20, 200, 0},
	{"large 30", 50, 200, 0},
	{"deep 50", 50, 200, 50},
	{"gogc 250", 50, 200, 50},
	{"gc", 50, 200, 50},
	{"limit 700", 50, 200, 50},
	{"free", 0, 200, 50},
	{"gc", 0, 200, 50},
	{"gogc -1", 0, 200, 50},
	{"end", 0, 0, 0},
	{"gc", 0, 0, 0},
	{"release", 0, 0, 0},
	{"live 5", 5, 0, 0},
	{"malloc 8", 5, 0, 0},
}

// The program's figures before and after cgmem's reading, once they are the same: nothing moved in between.
func quiet(t *target, options ...string) (own, *program, error) {
	for try := 0; try < 20; try++ {
		before := t.tell("print")
		p, err := read(t.cmd.Process.Pid, options...)
		if err != nil {
			return before, nil, err
		}
		if after := t.tell("print"); after.text == before.text {
			return after, p, nil
		}
	}
	return own{}, nil, fmt.Errorf("the program was never quiet")
}

func equal(v *verdict, path string) {
	t := start(path)
	defer t.end()
	cgo := false
	for i, s := range steps {
		if strings.HasPrefix(s.what, "malloc") && !cgo {
			continue
		}
		t.tell(s.what)
		o, p, err := quiet(t)
		at := fmt.Sprintf("step %d (%s)", i, s.what)
		v.hold("it is read", err == nil, "%s: %v", at, err)
		if err != nil {
			return
		}
		cgo = p.Cgo
		sameProgram(v, at, o, p)
		if p.Source == nil {
			return
		}
		sameFigures(v, at, o, p)
		sameGoroutines(v, at, o, p, s)
		residentFits(v, at, o, p, s)
		// The linker turned the profile off: nothing refers to runtime.MemProfile (runtime/mprof.go, disableMemoryProfiling).
		v.hold("no heap profile is made up", p.InuseSpace == nil && len(p.Sites) == 0, "%s: inuse_space is %s", at, number(p.InuseSpace))
		if strings.HasPrefix(s.what, "malloc") && p.Resident != nil {
			off := p.Resident.OffHeap
			v.hold("off-heap memory", off >= 8*mib && off < 16*mib, "%s: %d bytes, not a little over 8 MiB", at, off)
		}
	}
	goroutineProfile(v, t)
}

func sameProgram(v *verdict, at string, o own, p *program) {
	v.hold("version", text(p.Version) == o.version, "%s: cgmem says %s, the program %s", at, text(p.Version), o.version)
	v.hold("from memory", text(p.Source) == "memory", "%s: the source is %s: %s", at, text(p.Source), text(p.Why))
}

func sameFigures(v *verdict, at string, o own, p *program) {
	bound := int64(0)
	if p.Bound != nil {
		bound = *p.Bound
	}
	v.hold("HeapAlloc's bound", p.Bound != nil && bound >= 0 && bound <= boundMost, "%s: it is %s", at, number(p.Bound))
	for _, name := range names {
		value, told := p.Memstats[name], o.figure[name]
		switch {
		case name == "NextGC" && uint64(told) >= goalNone:
			v.hold("a goal out of reach is null", value == nil, "%s: cgmem says %s, the program %d", at, number(value), told)
		case value == nil:
			v.hold("figures", false, "%s: %s is null", at, name)
		case name == "HeapAlloc":
			apart := *value - told
			v.hold("HeapAlloc within its bound", apart <= bound && -apart <= bound, "%s: cgmem says %d, the program %d, the bound is %d", at,
				*value, told, bound)
		default:
			v.hold("figures", *value == told, "%s: %s: cgmem says %d, the program %d", at, name, *value, told)
		}
	}
	v.hold("GOGC", p.Gogc != nil && *p.Gogc == o.figure["gogc"], "%s: cgmem says %s, the program %d", at, number(p.Gogc), o.figure["gogc"])
	limit := o.figure["limit"]
	right := p.Gomemlimit == nil && limit == math.MaxInt64 || p.Gomemlimit != nil && *p.Gomemlimit == limit
	v.hold("GOMEMLIMIT", right, "%s: cgmem says %s, the program %d", at, number(p.Gomemlimit), limit)
}

func sameGoroutines(v *verdict, at string, o own, p *program, s step) {
	v.hold("goroutines", p.Goroutines != nil && *p.Goroutines == o.figure["goroutines"], "%s: cgmem says %s, the program %d", at,
		number(p.Goroutines), o.figure["goroutines"])
	var total int64
	found := map[string]int64{}
	for _, g := range p.Groups {
		if !g.System {
			total += g.Count
		}
		v.hold("groups have names", g.Function != nil && g.State != nil, "%s: %d in %s, function %s", at, g.Count, text(g.State), text(g.Function))
		found[strings.Join([]string{text(g.Function), text(g.State), text(g.CreatedBy)}, "|")] += g.Count
	}
	v.hold("groups add up", p.Goroutines != nil && total == *p.Goroutines, "%s: %d of %s", at, total, number(p.Goroutines))
	for name, n := range map[string]int64{"main.holdOn": s.goroutines, "main.holdDeep": s.deep} {
		got := found[name+"|chan receive|main.start"]
		v.hold("groups", got == n, "%s: %d of %d in chan receive at %s, created by main.start; all: %v", at, got, n, name, found)
	}
}

func residentFits(v *verdict, at string, o own, p *program, s step) {
	r := p.Resident
	v.hold("resident memory", r != nil, "%s: it is null: %s", at, text(p.Why))
	if r == nil {
		return
	}
	mapped := o.figure["HeapSys"] + o.figure["StackSys"] + o.figure["GCSys"]
	v.hold("arenas by the runtime's figures", r.Exact, "%s: the arenas do not add up", at)
	v.hold("resident arenas", r.Arenas >= s.kept*mib && r.Arenas <= mapped, "%s: %d bytes, with %d MiB kept and %d mapped", at, r.Arenas, s.kept,
		mapped)
	// Of the arena index, which is in no figure, a few words are used: with transparent huge pages that is a whole one.
	metadata := o.figure["Sys"] - o.figure["HeapSys"] - o.figure["StackSys"] + r.Huge - r.ArenasHuge
	v.hold("resident metadata", r.Runtime > 0 && r.Runtime <= metadata, "%s: %d bytes of %d", at, r.Runtime, metadata)
}

// What `go tool pprof` says of a profile that cgmem wrote.
func pprof(file string, args ...string) (string, error) {
	c := exec.Command(os.Getenv("PPROF"), append(append([]string{"tool", "pprof"}, args...), file)...)
	c.Env = append(os.Environ(), "PPROF_TMPDIR="+filepath.Dir(file))
	out, err := c.CombinedOutput()
	return string(out), err
}

// profile: of the target, written to a file of its own; the file's name.
func profile(v *verdict, t *target) (string, func()) {
	dir, err := os.MkdirTemp("", "cgmem-profile.")
	if err != nil {
		panic(err)
	}
	file := filepath.Join(dir, "profile.pb.gz")
	_, err = cgmem("go", "--profile", file, fmt.Sprint("pid:", t.cmd.Process.Pid))
	v.hold("--profile", err == nil, "%v", err)
	return file, func() { os.RemoveAll(dir) }
}

// A program without a heap profile: its goroutines.
func goroutineProfile(v *verdict, t *target) {
	t.tell("goroutines 300")
	file, remove := profile(v, t)
	defer remove()
	for _, kind := range []string{"-top", "-traces", "-dot"} {
		out, err := pprof(file, "-cum", kind)
		v.hold("go tool pprof "+kind+" of the goroutines", err == nil && strings.Contains(out, "main.holdOn") && strings.Contains(out, "300"),
			"%v: %.400s", err, out)
	}
	t.tell("end")
}
