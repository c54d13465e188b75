// SPDX-License-Identifier: Apache-2.0

// A program with 25 MB of variables, all of them written: much to scan for whoever looks for the runtime's.
package main

import (
	"fmt"
	"time"
)

var table [25 << 20 / 8]uint64

func main() {
	x := uint64(88172645463325252)
	for i := range table {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		table[i] = x
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
