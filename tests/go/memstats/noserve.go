// SPDX-License-Identifier: Apache-2.0

//go:build !pprof
// +build !pprof

package main

func serve() {}
