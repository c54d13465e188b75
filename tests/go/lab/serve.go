// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
)

// An ordinary service: a cache of a few thousand entries, JSON, some garbage with each answer.
func serve(port string) {
	var lock sync.Mutex
	cache := map[string][]byte{}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Path
		lock.Lock()
		value, known := cache[key]
		if !known {
			value = []byte(strings.Repeat(key, 50))
			if len(cache) < 5000 {
				cache[key] = value
			}
		}
		lock.Unlock()
		json.NewEncoder(w).Encode(map[string]interface{}{"path": key, "sum": fmt.Sprintf("%x", sha256.Sum256(value)), "header": r.Header})
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+port, nil))
	os.Exit(1)
}
