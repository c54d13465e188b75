// SPDX-License-Identifier: Apache-2.0

// lab: a Go program that makes one known kind of memory and waits, so that a tool can be asked what it sees. It is called as
// tests/lab/scenario.c is, and tests/lab/plant and judge take either:
//
//	lab --list
//	lab --growing
//	lab NAME [--bytes N | --seed N] [--dir DIR] [--shm DIR] [--join GROUP]...
//
// Prints "ready BYTES" when BYTES are planted, then waits until its standard input ends (for ever, when
// that is /dev/null). A flag "says:WORD" in the list is a word, such
// as a function's name, that must be in the text of the first cause. Without --bytes the size is by the seed and the scenario's name,
// between 32 and 64 MiB, where the scenario has no size of its own; of those of --growing (grow.go) it is the pace, 300 KiB to 1 MiB a
// second. "lab serve PORT" is a small, healthy HTTP service.
package main

import (
	"fmt"
	"hash/fnv"
	"math/rand"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

type plan struct {
	bytes     int
	dir       string
	group     []string // directories to join; the memory controller's first
	arguments []string
}

type scenario struct {
	name           string
	cause, also    string // on v1 and v2 alike
	tolerance      int    // percent
	flags          string
	what           string
	environment    []string      // of the Go runtime, from its start on
	prepare        func(p *plan) // before it is in its group
	plant          func(p *plan) int
	fromEntryPoint bool // a shell starts it
	pace           bool // p.bytes are those of a second
}

var scenarios []scenario

func die(err error, doing string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "lab: %s: %v\n", doing, err)
		os.Exit(1)
	}
}

func list(scenarios []scenario) {
	for _, s := range scenarios {
		fmt.Printf("%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", s.name, s.cause, s.cause, s.also, s.also, s.tolerance, s.flags, s.what)
	}
}

func parse(arguments []string) (*scenario, *plan) {
	p := &plan{dir: ".", arguments: arguments}
	var s *scenario
	all := append(append([]scenario{}, scenarios...), growing...)
	for i := range all {
		if all[i].name == arguments[0] {
			s = &all[i]
		}
	}
	if s == nil || len(arguments)%2 == 0 {
		return nil, nil
	}
	seed := int64(0)
	for i := 1; i < len(arguments); i += 2 {
		var err error
		switch value := arguments[i+1]; arguments[i] {
		case "--bytes":
			p.bytes, err = strconv.Atoi(value)
		case "--seed":
			seed, err = strconv.ParseInt(value, 10, 64)
		case "--dir":
			p.dir = value
		case "--shm":
		case "--join":
			p.group = append(p.group, value)
		default:
			return nil, nil
		}
		die(err, arguments[i])
	}
	if p.bytes == 0 {
		h := fnv.New64()
		h.Write([]byte(s.name))
		least, more := 32*mib, 32*mib
		if s.pace {
			least, more = 300*kib, 724*kib
		}
		p.bytes = least + rand.New(rand.NewSource(seed^int64(h.Sum64()))).Intn(more)
	}
	p.bytes = p.bytes / (64 * kib) * (64 * kib)
	return s, p
}

func (p *plan) write(file, value string) error {
	return os.WriteFile(p.group[0]+"/"+file, []byte(value), 0o644)
}

// The group's limit, and no swap beside it.
func (p *plan) limit(bytes int) {
	if len(p.group) == 0 {
		die(syscall.EINVAL, "this scenario sets a limit and needs --join")
	}
	if p.write("memory.max", strconv.Itoa(bytes)) != nil {
		die(p.write("memory.limit_in_bytes", strconv.Itoa(bytes)), "memory.limit_in_bytes")
	}
}

// Goes into the group and starts anew there: what the Go runtime made before would be charged elsewhere.
func again(s *scenario, p *plan) {
	if s.prepare != nil {
		s.prepare(p)
	}
	for _, group := range p.group {
		die(os.WriteFile(group+"/cgroup.procs", []byte("0"), 0o644), "joining "+group)
	}
	// What happens to be set where the tests run is not for it.
	environment := []string{"LAB_PLANT=1"}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GO") {
			environment = append(environment, v)
		}
	}
	environment = append(environment, s.environment...)
	self, err := os.Executable()
	die(err, "os.Executable")
	arguments := append([]string{self}, p.arguments...)
	if s.fromEntryPoint {
		// A shell gives what it starts in the background no input of its own.
		arguments = append([]string{"/bin/sh", "-c", `exec 3<&0; "$0" "$@" <&3 & wait`}, arguments...)
		self = arguments[0]
	}
	die(syscall.Exec(self, arguments, environment), "exec")
}

// The end of the pipes would be theirs.
var children []*exec.Cmd

// Another process of this program that holds as many bytes as it is told to, and ends with this one.
func child(bytes int) {
	c := exec.Command("/proc/self/exe", "live", "--bytes", strconv.Itoa(bytes))
	c.Env, c.Stderr = append(os.Environ(), "LAB_PLANT=1"), os.Stderr
	runtime.LockOSThread() // whose end would be the child's
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := c.StdoutPipe()
	die(err, "pipe")
	_, err = c.StdinPipe()
	die(err, "pipe")
	die(c.Start(), "start")
	children = append(children, c)
	_, err = out.Read(make([]byte, 64))
	die(err, "a child")
}

// For ever, where there is no input: in a container.
func waitForEnd() {
	var in, null syscall.Stat_t
	if syscall.Fstat(0, &in) == nil && syscall.Stat("/dev/null", &null) == nil && in.Rdev == null.Rdev && in.Mode == null.Mode {
		syscall.Pause()
	}
	for {
		n, err := syscall.Read(0, make([]byte, 1))
		if n <= 0 && err != syscall.EINTR {
			return
		}
	}
}

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) == 1 && arguments[0] == "--list":
		list(scenarios)
		return
	case len(arguments) == 1 && arguments[0] == "--growing":
		list(growing)
		return
	case len(arguments) == 2 && arguments[0] == "serve":
		serve(arguments[1])
		return
	}
	var s *scenario
	var p *plan
	if len(arguments) > 0 {
		s, p = parse(arguments)
	}
	if s == nil {
		fmt.Fprintln(os.Stderr, "usage: lab --list | --growing | serve PORT | NAME [--bytes N | --seed N] [--dir DIR] [--join GROUP]...")
		os.Exit(2)
	}
	if os.Getenv("LAB_PLANT") == "" {
		if s.pace {
			smallPages()
		}
		again(s, p)
	}
	fmt.Printf("ready %d\n", s.plant(p))
	waitForEnd()
}
