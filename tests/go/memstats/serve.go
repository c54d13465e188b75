// SPDX-License-Identifier: Apache-2.0

//go:build pprof
// +build pprof

package main

import (
	_ "expvar"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"strconv"
)

// Serves net/http/pprof and expvar on a port of the loopback interface, and tells which.
func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(3)
	}
	extra = `,"port":` + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	go http.Serve(l, nil)
}
