// SPDX-License-Identifier: Apache-2.0

//go:build go1.19
// +build go1.19

package main

import "runtime/debug"

func setLimit(bytes int64) bool {
	debug.SetMemoryLimit(bytes)
	return true
}

func getLimit() int64 { return debug.SetMemoryLimit(-1) }
