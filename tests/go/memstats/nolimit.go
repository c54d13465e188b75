// SPDX-License-Identifier: Apache-2.0

//go:build !go1.19
// +build !go1.19

package main

import "math"

func setLimit(int64) bool { return false }
func getLimit() int64     { return math.MaxInt64 }
