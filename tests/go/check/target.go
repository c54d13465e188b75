// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// The figures that cgmem shows, named as in runtime.MemStats.
var names = []string{
	"HeapAlloc", "TotalAlloc", "HeapSys", "HeapIdle", "HeapInuse", "HeapReleased", "StackInuse", "StackSys", "MSpanSys", "MCacheSys",
	"BuckHashSys", "GCSys", "OtherSys", "Sys", "NextGC", "LastGC", "NumGC",
}

const mib = 1 << 20

// Of NextGC, from here on: no heap reaches it, so that no collection is due. cgmem says null.
const goalNone = 1 << 50

// What a program says of itself, all that it prints.
type own struct {
	text    string
	version string
	figure  map[string]int64
}

// A build of ../memstats.
type target struct {
	cmd *exec.Cmd
	to  io.WriteCloser
	out *bufio.Scanner
}

// A process that dies with this one.
func command(path string, env []string, args ...string) *exec.Cmd {
	c := exec.Command(path, args...)
	c.Stderr = os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GO") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, env...)
	return c
}

func start(path string, env ...string) *target {
	t := &target{cmd: command(path, env)}
	to, err := t.cmd.StdinPipe()
	if err != nil {
		panic(err)
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		panic(err)
	}
	t.to, t.out = to, bufio.NewScanner(out)
	if err := t.cmd.Start(); err != nil {
		panic(err)
	}
	return t
}

func (t *target) end() {
	t.to.Close()
	done := make(chan struct{})
	go func() {
		t.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.cmd.Process.Kill()
		<-done
	}
}

func (t *target) tell(step string) own {
	if _, err := fmt.Fprintln(t.to, step); err != nil {
		panic(fmt.Sprintf("the program ended before %q: %v", step, err))
	}
	if !t.out.Scan() {
		panic(fmt.Sprintf("the program ended at %q", step))
	}
	o := own{text: t.out.Text(), figure: map[string]int64{}}
	var all map[string]interface{}
	d := json.NewDecoder(strings.NewReader(o.text))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		panic(err)
	}
	for name, value := range all {
		if number, is := value.(json.Number); is {
			o.figure[name], _ = number.Int64()
		} else if name == "version" {
			o.version = value.(string)
		}
	}
	return o
}

// One object of `cgmem go --json`.
type program struct {
	Pid         int
	Version     *string
	Source      *string
	Why         *string
	Memstats    map[string]*int64
	Bound       *int64
	Goroutines  *int64
	Gogc        *int64
	Gomemlimit  *int64
	Cgo         bool
	InuseSpace  *int64 `json:"inuse_space"`
	AllocSpace  *int64 `json:"alloc_space"`
	Resident    *resident
	Sites       []site
	Groups      []group `json:"goroutine_groups"`
	HeapMarked  *int64  `json:"heap_marked"`
	LastMessage string  `json:"-"`
}

type resident struct {
	Exact           bool
	Arenas          int64
	ArenasLazyfree  int64 `json:"arenas_lazyfree"`
	ArenasHuge      int64 `json:"arenas_huge"`
	Runtime         int64
	OffHeap         int64 `json:"off_heap"`
	OffHeapLazyfree int64 `json:"off_heap_lazyfree"`
	Program         int64
	Huge            int64
}

type site struct {
	Function   *string
	InuseBytes int64 `json:"inuse_bytes"`
	AllocBytes int64 `json:"alloc_bytes"`
}

type group struct {
	Count     int64
	State     *string
	Function  *string
	CreatedBy *string `json:"created_by"`
	System    bool
}

func text(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

func number(n *int64) string {
	if n == nil {
		return "null"
	}
	return fmt.Sprint(*n)
}

// cgmem's own words, and whether it ended well.
func cgmem(args ...string) ([]byte, error) {
	path := os.Getenv("CGMEM")
	c := exec.Command(path, args...)
	var errors bytes.Buffer
	c.Stderr = &errors
	out, err := c.Output()
	if err != nil {
		lines := strings.TrimSpace(errors.String())
		return out, fmt.Errorf("cgmem %s: %v: %s %.300s", strings.Join(args, " "), err, lines, bytes.TrimSpace(out))
	}
	return out, nil
}

// What cgmem says of a process.
func read(pid int, options ...string) (*program, error) {
	args := append([]string{"go", "--json"}, options...)
	out, err := cgmem(append(args, fmt.Sprint("pid:", pid))...)
	if err != nil {
		return nil, err
	}
	var all struct{ Results []program }
	if err := json.Unmarshal(out, &all); err != nil {
		return nil, fmt.Errorf("%v: %.300s", err, out)
	}
	for i := range all.Results {
		p := &all.Results[i]
		if p.Pid == pid {
			return p, nil
		}
	}
	return nil, fmt.Errorf("process %d is not in its answer: %.300s", pid, out)
}
