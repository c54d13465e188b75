# SPDX-License-Identifier: Apache-2.0
# One Makefile, no recursion but for other build folders.   make help lists the targets.
#   make B=build/asan SAN=address,undefined check-unit      another folder, another flavour
#   make CC=clang WERROR=1                                  as CI builds
# Each check prints a line a test, "ok NAME", "not ok NAME" or "skip NAME: why" (or TAP), and fails when one failed.
VERSION := 0.1.0
B       ?= build/default
PREFIX  ?= /usr/local
bindir  ?= $(PREFIX)/bin
libdir  ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
mandir  ?= $(PREFIX)/share/man
datadir ?= $(PREFIX)/share
unitdir ?= $(PREFIX)/lib/systemd/system
CC      ?= cc
PKG_CONFIG ?= pkg-config
# Linked; the others are loaded when a command needs them, only their headers are used here.
PKGS    := jansson smartcols
DLPKGS  := libcurl libcgroup libelf libseccomp zlib sqlite3 ncursesw
TESTPKGS := cmocka
SAN     ?=
V       ?= 0
Q_0 := @
Q   := $(Q_$(V))

ifneq ($(filter-out clean help dist uninstall check-fmt check-layers check-cppcheck check-shell,$(or $(MAKECMDGOALS),all)),)
  ifneq ($(shell $(PKG_CONFIG) --exists $(PKGS) $(DLPKGS) && echo y),y)
    $(error missing: $(shell $(PKG_CONFIG) --print-errors --exists $(PKGS) $(DLPKGS) 2>&1); `sh contrib/bootstrap run` installs what is missing)
  endif
endif
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) $(DLPKGS))
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PKGS)) -ldl

# CFLAGS/CPPFLAGS/LDFLAGS stay the user's; ours come first, in other names.
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
           -Wformat=2 -Wvla -Wwrite-strings -Wpointer-arith -Wundef -Wconversion -Wcast-qual -Wimplicit-fallthrough
ifdef WERROR
WARN    += -Werror
endif
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
C_FLAGS  = -std=c17 -pthread -fno-common -fvisibility=hidden $(WARN) $(SANFLAGS) $(PKG_CFLAGS) $(CFLAGS)
C_PP     = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DCGMEM_VERSION='"$(VERSION)"' -DCGMEM_MANDIR='"$(mandir)"' \
           -Iinclude -Isrc $(CPPFLAGS)
L_FLAGS  = -pthread $(SANFLAGS) -Wl,--as-needed -Wl,-z,relro,-z,now $(LDFLAGS)

# libcgmem.a is what include/cgmem/cgmem.h needs; the rest of the program is linked beside it.
LIB_DIRS := base sample sys cgroup model lib
APP_DIRS := net engine golang collect store output tui cmd
LIB_SRC  := $(sort $(foreach d,$(LIB_DIRS),$(wildcard src/$(d)/*.c)))
APP_SRC  := $(sort $(filter-out src/cmd/main.c,$(foreach d,$(APP_DIRS),$(wildcard src/$(d)/*.c))))
UT_SRC   := $(sort $(wildcard tests/unit/test_*.c))
FZ_SRC   := $(sort $(wildcard tests/fuzz/fuzz_*.c))
# Small programs of the tests (fake engine, lab scenarios, bare loops, checkers): one file each.
TOOL_SRC := $(sort $(wildcard tests/tools/*.c tests/bench/*.c tests/lab/*.c contrib/demo/*.c))
MAN      := $(sort $(wildcard man/*.[1-8]))
obj       = $(patsubst %.c,$(B)/%.o,$(1))
LIB_OBJ  := $(call obj,$(LIB_SRC))
APP_OBJ  := $(call obj,$(APP_SRC))
ALL_OBJ  := $(LIB_OBJ) $(APP_OBJ) $(call obj,src/cmd/main.c contrib/completions/generate.c tests/tools/make_history.c $(UT_SRC))
UT_BIN   := $(patsubst tests/unit/%.c,$(B)/ut/%,$(UT_SRC))
FZ_BIN   := $(patsubst tests/fuzz/%.c,$(B)/fz/%,$(FZ_SRC))
TOOL_BIN := $(patsubst %.c,$(B)/tools/%,$(notdir $(TOOL_SRC)))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all help completions tools ut-bins fuzz fuzz-bins check check-unit check-cli check-asan check-hdr check-man \
	check-layers check-api check-fuzz check-valgrind check-fmt check-cppcheck check-shell lint check-real check-live check-guest \
	check-lab check-go check-lab-go check-lab-grow check-tui check-report check-long check-long-cli bench install uninstall dist clean FORCE
## all: the program and the library (this is the default)
all: $(B)/cgmem $(B)/libcgmem.a $(B)/libcgmem.pc

## help: this list
help:
	@sed -n 's/^## \([^:]*\): /\1\t/p' Makefile | sort | expand -t 16

# rebuild everything when the flags change, and nothing when they do not
$(B)/.flags: FORCE
	@mkdir -p $(@D); printf '%s\n' '$(CC) $(subst ','\'',$(C_PP) $(C_FLAGS) $(L_FLAGS))' | cmp -s - $@ || \
	    printf '%s\n' '$(CC) $(subst ','\'',$(C_PP) $(C_FLAGS) $(L_FLAGS))' >$@

$(B)/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_PP) $(C_FLAGS) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libcgmem.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) qcsD $@ $^

$(B)/libapp.a: $(APP_OBJ)
	$(Q)rm -f $@ && $(AR) qcsD $@ $^

$(B)/cgmem: $(call obj,src/cmd/main.c) $(B)/libapp.a $(B)/libcgmem.a
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

# Shell completions, from the same tables as --help.
$(B)/generate: $(call obj,contrib/completions/generate.c) $(B)/libapp.a $(B)/libcgmem.a
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)
$(B)/completions/%: $(B)/generate
	@mkdir -p $(@D)
	$(Q)$< $(if $(filter _cgmem,$*),zsh,$(subst .,,$(suffix $*))) >$@
completions: $(addprefix $(B)/completions/,cgmem.bash _cgmem cgmem.fish)

$(B)/libcgmem.pc: Makefile $(B)/.flags
	@mkdir -p $(@D)
	$(Q)printf 'Name: libcgmem\nDescription: read, split and explain the memory of control groups\nVersion: %s\nCflags: -I%s\nLibs: -L%s -lcgmem -ldl\n' \
	    '$(VERSION)' '$(includedir)' '$(libdir)' >$@

$(call obj,$(UT_SRC)): TEST_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(TESTPKGS))
$(B)/ut/%: $(B)/tests/unit/%.o $(B)/libapp.a $(B)/libcgmem.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(TESTPKGS)) $(PKG_LIBS) $(LDLIBS)

# The tests' small programs are static, so that they run in an image of their own.
## tools: the small programs of the tests, bench and demo
tools: $(TOOL_BIN)
vpath %.c tests/tools tests/bench tests/lab contrib/demo
$(B)/tools/%: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -std=c17 -O2 -g $(filter-out -Wpedantic -Wconversion,$(WARN)) -static -pthread \
	    -MMD -MP -MF $@.d -o $@ $<

# Writes history files by src/store: linked as the program is.
$(B)/tools/make_history: $(B)/tests/tools/make_history.o $(B)/libapp.a $(B)/libcgmem.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

# Go programs for the lab and the live tests: stripped, by Debian's Go, by a newer one, and with C in it.
GOLAB_BIN := $(addprefix $(B)/tools/,golab golab-new golab-cgo)
GOLAB_SRC := $(sort $(wildcard tests/go/lab/*.go)) tests/go/build tests/go/toolchain
GO_NEW    ?= 1.26
$(B)/tools/golab: $(GOLAB_SRC)
	@mkdir -p $(@D)
	$(Q)tests/go/build tests/go/lab sw $@
$(B)/tools/golab-new: $(GOLAB_SRC)
	@mkdir -p $(@D)
	$(Q)tests/go/build -v $(GO_NEW) tests/go/lab sw $@
$(B)/tools/golab-cgo: $(GOLAB_SRC)
	@mkdir -p $(@D)
	$(Q)tests/go/build tests/go/lab static-cgo $@
# Tells its own MemStats, and serves net/http/pprof.
$(B)/tools/gomem: $(wildcard tests/go/memstats/*.go) tests/go/build
	@mkdir -p $(@D)
	$(Q)tests/go/build -t pprof tests/go/memstats sw $@

## fuzz: the fuzz targets, in build/fuzz
# clang only; the library is rebuilt in its own directory with coverage hooks
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang B=build/fuzz SAN=fuzzer-no-link,address,undefined \
	    CFLAGS='-O1 -g' fuzz-bins
fuzz-bins: $(FZ_BIN)
$(B)/fz/%: $(B)/tests/fuzz/%.o $(B)/libapp.a $(B)/libcgmem.a
	@mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)


# ---- checks that any user can run -----------------------------------------------------------------------------------------

# What the tests' scripts are told.
TESTENV = CGMEM='$(abspath $(B)/cgmem)' TOOLS='$(abspath $(B)/tools)' COMPLETIONS='$(abspath $(B)/completions)' \
	  FIXTURES='$(abspath fixtures)' SCENARIO='$(abspath $(B)/tools/scenario)' GOLAB='$(abspath $(B)/tools/golab)' \
	  GOMEM='$(abspath $(B)/tools/gomem)' TOP='$(CURDIR)'
# In a recipe: $(call item,NAME,COMMAND) runs COMMAND as the test NAME and remembers a failure in $$rc.
item = if $(2); then echo "ok $(1)"; else echo "not ok $(1)"; rc=1; fi
HEADERS  = $(sort $(wildcard include/cgmem/*.h src/*/*.h))
SCRIPTS  = $(shell grep -rlE '^\#!(/bin/sh|/bin/bash|/usr/bin/env bash)' .ci contrib tests)
FORMATTED = $(sort $(wildcard include/cgmem/*.h src/*/*.[ch] tests/*/*.[ch] contrib/*/*.c))

## check: everything that needs no privileges (about ten minutes)
check: check-unit check-cli check-asan check-hdr check-man check-layers check-api check-fuzz

ut-bins: $(UT_BIN)
## check-unit: unit tests
check-unit: $(UT_BIN)
	$(Q)tests/unit/run $(UT_BIN)

## check-cli: the program on saved trees
check-cli: $(B)/cgmem $(TOOL_BIN) completions
	$(Q)$(TESTENV) bats --tap tests/cli

## check-asan: unit and command-line tests under the address and undefined-behaviour sanitizers (clang)
check-asan:
	$(Q)rc=0; for t in check-unit check-cli; do $(MAKE) --no-print-directory CC=clang B=build/asan SAN=address,undefined \
	    CFLAGS='-O1 -g' $$t || rc=1; done; exit $$rc

## check-hdr: every header compiles by itself
check-hdr:
	$(Q)rc=0; for h in $(HEADERS); do $(call item,header $$h,echo 'typedef int unused;' | $(CC) $(C_PP) -std=c17 $(WARN) -Werror \
	    -Wno-unused-function -Wno-unused-macros $(PKG_CFLAGS) -fsyntax-only -include $$h -x c -); done; exit $$rc

## check-man: the man pages are well-formed and say what the program does
check-man: $(B)/cgmem $(B)/tools/make_history
	$(Q)rc=0; for m in $(MAN); do $(call item,man $$m,mandoc -T lint -W warning $$m); done; \
	    $(TESTENV) CC='$(CC)' tests/man/check.sh || rc=1; $(TESTENV) tests/man/history.sh || rc=1; exit $$rc

## check-layers: no folder includes what it may not
check-layers:
	$(Q)rc=0; $(call item,layers,sh tests/lint-layers.sh src); exit $$rc

# The library as somebody else's program finds it: installed, by its pkg-config file, without the rest of the program.
API_DEST = $(abspath $(B)/api)
API_PC   = PKG_CONFIG_SYSROOT_DIR='$(API_DEST)' PKG_CONFIG_LIBDIR='$(API_DEST)$(libdir)/pkgconfig' $(PKG_CONFIG)
## check-api: libcgmem.a as installed, with contrib/example
check-api: all
	$(Q)rm -rf $(API_DEST) && $(MAKE) --no-print-directory install DESTDIR=$(API_DEST) >/dev/null
	$(Q)rc=0; flags=$$($(API_PC) --cflags --libs libcgmem); \
	$(call item,api: example compiles,$(CC) -std=c17 -Wall -Wextra -Werror $(SANFLAGS) -o $(API_DEST)/example contrib/example/example.c $$flags); \
	$(call item,api: header is C++ too,$(CC) -x c++ -fsyntax-only -Wall -Werror include/cgmem/cgmem.h); \
	sh tests/api/run $(API_DEST)/example || rc=1; \
	DESTDIR=$(API_DEST) $(MAKE) --no-print-directory uninstall >/dev/null; \
	$(call item,api: uninstall leaves nothing,test -z "$$(find $(API_DEST)$(PREFIX) -type f)"); exit $$rc

FUZZ_SECONDS ?= 10
## check-fuzz: each fuzz target for FUZZ_SECONDS (10), two at a time
check-fuzz:
	$(Q)$(MAKE) --no-print-directory fuzz
	$(Q)$(MAKE) --no-print-directory B=build/fuzz fuzz-list | FUZZ_SECONDS=$(FUZZ_SECONDS) xargs -r -n 1 -P 2 sh tests/fuzz/run
.PHONY: fuzz-list
fuzz-list:
	@printf '%s\n' $(FZ_BIN)

# Days and thousands of draws: what they call is under valgrind in the other tests of the same files.
SIMULATIONS = $(addprefix $(B)/ut/test_,history_kill history_age growth_draws growth_draws_teeth)
## check-valgrind: unit tests under valgrind
check-valgrind: $(UT_BIN)
	$(Q)UNIT_WRAP='valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --child-silent-after-fork=yes' \
	    tests/unit/run $(filter-out $(SIMULATIONS),$(UT_BIN))

# Other versions lay out the same code in other ways.
FMT_VERSION := 14
## check-fmt: clang-format has nothing to change
check-fmt:
	$(Q)if ! clang-format --version | grep -q 'version $(FMT_VERSION)\.'; then \
	    echo "skip format: clang-format $(FMT_VERSION) is what the tree is formatted with"; exit 0; fi; \
	rc=0; for f in $(FORMATTED); do $(call item,format $$f,clang-format --dry-run -Werror $$f); done; \
	for f in $$(command -v gofmt >/dev/null && ls tests/go/*/*.go); do $(call item,format $$f,test -z "$$(gofmt -l $$f)"); done; exit $$rc
# memleak: it does not know __attribute__((cleanup)); the sanitizers and valgrind look for leaks.
check-cppcheck:
	$(Q)rc=0; for d in $(sort $(dir $(wildcard src/*/*.c))); do $(call item,cppcheck $$d,cppcheck -q --std=c11 \
	    --enable=warning$(comma)performance$(comma)portability --suppress=memleak --suppress=floatConversionOverflow \
	    --suppress=internalAstError --error-exitcode=1 -D_GNU_SOURCE -Iinclude -Isrc $$d); done; exit $$rc
check-shell:
	$(Q)rc=0; for f in $(SCRIPTS); do $(call item,shellcheck $$f,shellcheck -x $$f); done; exit $$rc
comma := ,
## lint: check-fmt, cppcheck, shellcheck, layers, headers, man pages
lint: check-fmt check-cppcheck check-shell check-layers check-hdr check-man

## check-tui: cgmem top in a terminal (tmux)
check-tui: $(B)/cgmem $(TOOL_BIN) $(B)/tools/make_history
	$(Q)$(TESTENV) tests/tui/run
## check-report: the page of cgmem report in a browser (headless Chromium, axe-core)
check-report: $(B)/cgmem $(TOOL_BIN) $(B)/tools/make_history
	$(Q)$(TESTENV) tests/report/run

# ---- checks on real kernels and engines (root) ------------------------------------------------------------------------------

## check-real: live, guest, lab and Go: real kernels, engines and programs (root, about 35 minutes)
check-real: check-live check-guest check-lab check-go check-lab-go check-lab-grow
## check-live: a real Docker engine on this kernel
check-live: $(B)/cgmem $(TOOL_BIN) $(B)/tools/golab $(B)/tools/gomem
	$(Q)$(TESTENV) tests/live/run
## check-guest: other kernels and cgroup v2, in virtual machines
check-guest: $(B)/cgmem $(TOOL_BIN) $(UT_BIN) $(B)/tools/golab $(B)/tools/golab-cgo $(B)/tools/gomem
	$(Q)$(TESTENV) tests/guest/run
## check-lab: planted causes are found, healthy services stay silent
check-lab: $(B)/cgmem $(TOOL_BIN) $(B)/tools/golab
	$(Q)$(TESTENV) tests/lab/run
## check-go: figures of Go programs against what they say of themselves (any user; downloads Go versions and programs once)
check-go: $(B)/cgmem
	$(Q)$(TESTENV) tests/go/run
## check-lab-go: the lab with Go programs (root)
check-lab-go: $(B)/cgmem $(GOLAB_BIN)
	$(Q)$(TESTENV) tests/lab/go
## check-lab-grow: programs that grow, and that do not, watched for a minute; recorded containers (root)
check-lab-grow: $(B)/cgmem $(TOOL_BIN) $(GOLAB_BIN)
	$(Q)rc=0; for t in grow overnight; do $(TESTENV) tests/lab/$$t || rc=1; done; exit $$rc

# ---- by hand ----------------------------------------------------------------------------------------------------------------

## check-long: valgrind over everything, an hour of each fuzz target, three rounds of the lab (by hand)
check-long: check-valgrind check-long-cli
	$(Q)$(MAKE) --no-print-directory FUZZ_SECONDS=3600 check-fuzz
	$(Q)for round in 1 2 3; do $(MAKE) --no-print-directory check-lab || exit 1; done
check-long-cli: $(B)/cgmem $(TOOL_BIN) completions
	$(Q)printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 %s "$$@"\n' '$(abspath $(B)/cgmem)' >$(B)/cgmem-valgrind
	$(Q)chmod +x $(B)/cgmem-valgrind
	$(Q)$(TESTENV) CGMEM='$(abspath $(B)/cgmem-valgrind)' bats --tap tests/cli

## bench: how fast, as ratios of interleaved runs
bench: $(B)/cgmem $(TOOL_BIN)
	$(Q)$(TESTENV) tests/bench/run

# ---- install, dist ----------------------------------------------------------------------------------------------------------

# File, and where its shell looks for it. They are written from the program's own tables.
bashcompdir ?= $(datadir)/bash-completion/completions
zshcompdir  ?= $(datadir)/zsh/site-functions
fishcompdir ?= $(datadir)/fish/vendor_completions.d
COMPLETIONS := cgmem.bash:$(bashcompdir)/cgmem _cgmem:$(zshcompdir)/_cgmem cgmem.fish:$(fishcompdir)/cgmem.fish
man_dest = $(mandir)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
INSTALLED = $(bindir)/cgmem $(libdir)/libcgmem.a $(libdir)/pkgconfig/libcgmem.pc $(includedir)/cgmem/cgmem.h \
	$(unitdir)/cgmem-record.service \
	$(foreach m,$(MAN),$(call man_dest,$(m))) $(foreach c,$(COMPLETIONS),$(lastword $(subst :, ,$(c))))

## install: program, library, man pages, completions, the recorder's service (DESTDIR, PREFIX)
install: all completions
	$(Q)install -D -m 755 $(B)/cgmem $(DESTDIR)$(bindir)/cgmem
	$(Q)install -D -m 644 $(B)/libcgmem.a $(DESTDIR)$(libdir)/libcgmem.a
	$(Q)install -D -m 644 $(B)/libcgmem.pc $(DESTDIR)$(libdir)/pkgconfig/libcgmem.pc
	$(Q)install -D -m 644 include/cgmem/cgmem.h $(DESTDIR)$(includedir)/cgmem/cgmem.h
	$(Q)mkdir -p $(DESTDIR)$(unitdir)
	$(Q)sed 's|/usr/local/bin|$(bindir)|' contrib/systemd/cgmem-record.service >$(DESTDIR)$(unitdir)/cgmem-record.service
	$(Q)set -e; $(foreach m,$(MAN),install -D -m 644 $(m) $(DESTDIR)$(call man_dest,$(m));)
	$(Q)set -e; $(foreach c,$(COMPLETIONS),install -D -m 644 $(B)/completions/$(subst :, $(DESTDIR),$(c));)

## uninstall: what install put there
uninstall:
	$(Q)rm -f $(addprefix $(DESTDIR),$(INSTALLED))

## dist: cgmem-VERSION.tar.gz of the last commit
dist:
	$(Q)git archive --format=tar.gz --prefix=cgmem-$(VERSION)/ -o cgmem-$(VERSION).tar.gz HEAD

include tests/bench/bench.mk

## clean: all build folders
clean:
	rm -rf build
FORCE:
-include $(ALL_OBJ:.o=.d) $(patsubst %.c,$(B)/%.d,$(FZ_SRC)) $(addsuffix .d,$(TOOL_BIN))
