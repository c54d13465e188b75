# SPDX-License-Identifier: Apache-2.0
# One Makefile, no recursion but for other build folders.   make help lists the targets.
#   make B=build/asan SAN=address,undefined check-unit      another folder, another flavour
#   make CC=clang WERROR=1                                  as CI builds
VERSION := 0.1.0
B       ?= build/default
PREFIX  ?= /usr/local
bindir  ?= $(PREFIX)/bin
libdir  ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
mandir  ?= $(PREFIX)/share/man
datadir ?= $(PREFIX)/share
CC      ?= cc
PKG_CONFIG ?= pkg-config
# Linked; libcurl and libcgroup are loaded when a command needs them, only their headers are used here.
PKGS    := jansson smartcols
DLPKGS  := libcurl libcgroup libseccomp
TESTPKGS := cmocka
SAN     ?=
V       ?= 0
Q_0 := @
Q   := $(Q_$(V))

ifneq ($(filter-out clean help dist uninstall check-fmt check-layers check-man,$(or $(MAKECMDGOALS),all)),)
  ifneq ($(shell $(PKG_CONFIG) --exists $(PKGS) $(DLPKGS) && echo y),y)
    $(error missing: $(shell $(PKG_CONFIG) --print-errors --exists $(PKGS) $(DLPKGS) 2>&1); `sh contrib/bootstrap run` installs what is missing)
  endif
endif
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) $(DLPKGS))
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PKGS))

# CFLAGS/CPPFLAGS/LDFLAGS stay the user's; ours come first, in other names.
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
           -Wformat=2 -Wvla -Wwrite-strings -Wpointer-arith -Wundef -Wconversion -Wcast-qual -Wimplicit-fallthrough
ifdef WERROR
WARN    += -Werror
endif
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
C_FLAGS  = -std=c17 -fno-common -fvisibility=hidden $(WARN) $(SANFLAGS) $(PKG_CFLAGS) $(CFLAGS)
C_PP     = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DCGMEM_VERSION='"$(VERSION)"' -DCGMEM_MANDIR='"$(mandir)"' \
           -Iinclude -Isrc $(CPPFLAGS)
L_FLAGS  = $(SANFLAGS) -Wl,--as-needed -Wl,-z,relro,-z,now $(LDFLAGS)

# libcgmem.a is what include/cgmem/cgmem.h needs; the rest of the program is linked beside it.
LIB_DIRS := base sample sys cgroup model lib
APP_DIRS := net engine collect output cmd
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
ALL_OBJ  := $(LIB_OBJ) $(APP_OBJ) $(call obj,src/cmd/main.c $(UT_SRC))
UT_BIN   := $(patsubst tests/unit/%.c,$(B)/ut/%,$(UT_SRC))
FZ_BIN   := $(patsubst tests/fuzz/%.c,$(B)/fz/%,$(FZ_SRC))
TOOL_BIN := $(patsubst %.c,$(B)/tools/%,$(notdir $(TOOL_SRC)))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all help tools check check-unit check-cli check-asan check-valgrind check-hdr check-man check-layers check-fmt \
	check-fuzz check-api check-real check-live check-guest check-lab check-long lint bench fuzz fuzz-bins install uninstall \
	dist clean FORCE
all: $(B)/cgmem $(B)/libcgmem.a $(B)/libcgmem.pc

help:
	@sed -n 's/^## //p' Makefile

# rebuild everything when the flags change, and nothing when they do not
$(B)/.flags: FORCE
	@mkdir -p $(@D); printf '%s\n' '$(CC) $(subst ','\'',$(C_PP) $(C_FLAGS) $(L_FLAGS))' | cmp -s - $@ || \
	    printf '%s\n' '$(CC) $(subst ','\'',$(C_PP) $(C_FLAGS) $(L_FLAGS))' >$@

$(B)/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_PP) $(C_FLAGS) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libcgmem.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/libapp.a: $(APP_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/cgmem: $(call obj,src/cmd/main.c) $(B)/libapp.a $(B)/libcgmem.a
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

$(B)/libcgmem.pc: Makefile
	@mkdir -p $(@D)
	$(Q)printf 'Name: libcgmem\nDescription: read, split and explain the memory of control groups\nVersion: %s\nCflags: -I%s\nLibs: -L%s -lcgmem\n' \
	    '$(VERSION)' '$(includedir)' '$(libdir)' >$@

$(call obj,$(UT_SRC)): TEST_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(TESTPKGS))
$(B)/ut/%: $(B)/tests/unit/%.o $(B)/libapp.a $(B)/libcgmem.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(L_FLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(TESTPKGS)) $(PKG_LIBS) $(LDLIBS)

# The tests' small programs are static, so that they run in an image of their own.
tools: $(TOOL_BIN)
vpath %.c tests/tools tests/bench tests/lab contrib/demo
$(B)/tools/%: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -std=c17 -O2 -g $(filter-out -Wpedantic -Wconversion,$(WARN)) -static -pthread -o $@ $<

# clang only; the library is rebuilt in its own directory with coverage hooks
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang B=build/fuzz SAN=fuzzer-no-link,address,undefined \
	    CFLAGS='-O1 -g' fuzz-bins
fuzz-bins: $(FZ_BIN)
$(B)/fz/%: $(B)/tests/fuzz/%.o $(B)/libapp.a $(B)/libcgmem.a
	@mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

clean:
	rm -rf build
FORCE:
-include $(ALL_OBJ:.o=.d) $(patsubst %.c,$(B)/%.d,$(FZ_SRC))
