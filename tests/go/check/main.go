// SPDX-License-Identifier: Apache-2.0

// check holds what `cgmem go` says of a Go program against what the program says of itself, or against what must be true of any.
//
//	check equal NAME PROGRAM          a build of ../memstats, quiet after each of many steps: every figure equal to the byte
//	check endpoint NAME PROGRAM       one with -tags pprof: what it serves and its memory agree; its heap profile
//	check load NAME PROGRAM READS     while 8 goroutines allocate: no figure outside its bound
//	check foreign NAME VERSION PID    a program of others that runs: version, identities, arenas, goroutines
//	check started NAME VERSION PROGRAM ARG...      the same, started here, with an open standard input
//
// $CGMEM is the program under test, $PPROF the go command whose pprof reads profiles. Prints a line for each check, "ok NAME: WHAT"
// or "not ok NAME: WHAT: WHY"; exit status 1 when one is not ok.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
)

// What was looked at, in the order of its first mention, and what was wrong with it.
type verdict struct {
	name   string
	order  []string
	faults map[string][]string
}

func (v *verdict) hold(what string, right bool, format string, args ...interface{}) {
	faults, known := v.faults[what]
	if !known {
		v.order = append(v.order, what)
		v.faults[what] = nil
	}
	if !right {
		fault := strings.TrimSpace(fmt.Sprintf(format, args...))
		v.faults[what] = append(faults, strings.ReplaceAll(fault, "\n", " | "))
	}
}

// Exit status.
func (v *verdict) tell() int {
	status := 0
	for _, what := range v.order {
		faults := v.faults[what]
		if len(faults) == 0 {
			fmt.Printf("ok %s: %s\n", v.name, what)
			continue
		}
		status = 1
		more := ""
		if len(faults) > 6 {
			more = fmt.Sprintf("; and %d more", len(faults)-6)
			faults = faults[:6]
		}
		fmt.Printf("not ok %s: %s: %s%s\n", v.name, what, strings.Join(faults, "; "), more)
	}
	return status
}

// The kernel ends children that wish so when the thread that started them ends.
func init() { runtime.LockOSThread() }

func main() {
	args := os.Args[1:]
	commands := map[string]struct {
		least int
		run   func(v *verdict, args []string)
	}{
		"equal":    {2, func(v *verdict, a []string) { equal(v, a[1]) }},
		"endpoint": {2, func(v *verdict, a []string) { endpoint(v, a[1]) }},
		"load": {3, func(v *verdict, a []string) {
			reads, _ := strconv.Atoi(a[2])
			load(v, a[1], reads)
		}},
		"foreign": {3, func(v *verdict, a []string) {
			pid, _ := strconv.Atoi(a[2])
			foreign(v, a[1], pid)
		}},
		"started": {3, func(v *verdict, a []string) { started(v, a[1], a[2:]) }},
	}
	if len(args) == 0 || len(args)-1 < commands[args[0]].least || commands[args[0]].run == nil {
		names := []string{}
		for name := range commands {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: check %s ...\n", strings.Join(names, "|"))
		os.Exit(2)
	}
	v := &verdict{name: args[1], faults: map[string][]string{}}
	func() {
		defer func() {
			if r := recover(); r != nil {
				v.hold("the test itself", false, "%v", r)
			}
		}()
		commands[args[0]].run(v, args[1:])
	}()
	os.Exit(v.tell())
}
