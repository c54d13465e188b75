# SPDX-License-Identifier: Apache-2.0
# Included by the Makefile: what `make bench` needs beside the static tools.
BENCH_BIN := $(B)/tools/sample_bench $(B)/tools/go_bench $(B)/tools/go_slowed $(B)/tools/history_bench
$(BENCH_BIN): $(B)/tools/%: $(B)/tests/bench/internal/%.o $(B)/libapp.a $(B)/libcgmem.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)
bench: $(BENCH_BIN) $(B)/tools/golab
-include $(patsubst $(B)/tools/%,$(B)/tests/bench/internal/%.d,$(BENCH_BIN))
