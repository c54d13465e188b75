/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a program's file a Go program, which version built it, and where in it are the things that
 * the readers need: by libelf (loaded with dlopen), with and without section headers and symbols.
 * The file is hostile. All addresses are link addresses; the load bias is added by who reads
 * memory. Plain data.
 */
#ifndef CGMEM_GOLANG_IMAGE_H
#define CGMEM_GOLANG_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CGM_GO_BUILD_ID_MAX 64

struct cgm_go_range {
	uint64_t start, len; /* len 0: there is none, or it is not known */
};

struct cgm_go_image {
	char version[32]; /* "go1.22.5"; a vendor's suffix is kept as far as it fits */
	unsigned minor;	  /* 22; 0: not understood ("devel ...") */
	uint16_t machine; /* EM_X86_64, EM_AARCH64, or one that is not known */
	bool pie, cgo;	  /* cgo: dynamically linked, or runtime/cgo is in it */
	uint64_t entry;	  /* e_entry: AT_ENTRY - entry is the load bias */
	/* What tells builds apart: the GNU build id, or a digest of Go's own or of the headers. */
	uint8_t build_id[CGM_GO_BUILD_ID_MAX];
	size_t build_id_len;
	bool build_id_gnu;	  /* it is the GNU build id itself */
	struct cgm_go_range text; /* the executable segment, or .text */
	struct cgm_go_range zero; /* all that is zero-filled: .bss and .noptrbss (memsz > filesz) */
	struct cgm_go_range bss, noptrbss; /* where the section table tells */
	struct cgm_go_range data;	   /* initialised writable data, without @zero */
	/*
	 * The function table: where it is in the file, and at which address. Length 0: the
	 * sections do not tell; cgm_functab_open() searches for it then.
	 */
	uint64_t pclntab_offset;
	struct cgm_go_range pclntab;
	/* By symbol, where .symtab is there; 0: unknown. */
	uint64_t gc_controller, memstats, allgs, mbuckets, mem_profile_rate;
};

/* Loads libelf once. 0 or -ENOSYS with words. Call it before a sandbox forbids opening files. */
int cgm_go_image_prepare(struct cgm_err *err);
/* 0; -ENOEXEC: no ELF file, or no Go program; -EBADMSG: damaged; -ENOSYS; -errno. */
int cgm_go_image_read(int exe_fd, struct cgm_go_image *ret);
/* False: neither its words nor its mappings have the form that the readers know. */
bool cgm_go_machine_known(const struct cgm_go_image *image);
/*
 * Load bias from /proc/PID/auxv's text (AT_ENTRY). 0; -EOPNOTSUPP: the machine is not known;
 * -EBADMSG. Pure.
 */
int cgm_go_bias(const struct cgm_go_image *image, const void *auxv, size_t len, uint64_t *ret);

#endif
