/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the function table share. Private to src/golang. */
#ifndef CGMEM_GOLANG_FUNCTAB_PARTS_H
#define CGMEM_GOLANG_FUNCTAB_PARTS_H

#include "base/hash.h"
#include "golang/elf.h"
#include "golang/functab.h"
#include "golang/image_parts.h"
#include "golang/pieces.h"

#define CGM_FUNCTAB_RECENT 512 /* a power of two */

struct cgm_functab {
	uint32_t magic;
	unsigned quantum;    /* bytes of the unit in which code addresses are told */
	unsigned wrapper_id; /* funcID of wrappers in this version */
	uint64_t nfunc;
	uint64_t funcname, cu, filetab, pctab, pcln; /* offsets in the table */
	struct cgm_elf elf;
	struct cgm_go_mem mem;
	uint64_t bias;
	/*
	 * In the running program: what entries count from, 0 unknown. Before Go 1.18 entries are
	 * addresses.
	 */
	uint64_t text;
	struct cgm_pieces table;
	/*
	 * Before Go 1.18 entries hold addresses, which in a position independent program are right
	 * in its memory only: then these are read from there.
	 */
	struct cgm_pieces funcs;
	bool funcs_apart;
	/*
	 * The moduledata has to be searched for, so it is read when what only it tells is asked:
	 * the link address of the trees of inlined calls, 0 unknown, and the text where the header
	 * does not have it.
	 */
	struct cgm_go_image image;
	bool in_process, module_read;
	uint64_t gofunc;
	struct cgm_hash strings; /* NUL-terminated copies, by their offset */
	/* Names that were asked for lately, by the place that they are kept at. */
	struct cgm_functab_recent {
		uint64_t key;
		const char *name;
	} recent[CGM_FUNCTAB_RECENT];
};

struct cgm_func {
	uint64_t entry; /* in the running program */
	uint64_t end;	/* where the next one begins */
	uint64_t at;	/* of its record in the table */
	int32_t name;
	uint32_t pcsp, pcfile, pcln, npcdata, cu, start_line;
	uint8_t id, flag, nfuncdata;
	uint64_t pcdata; /* place of the first word behind the record */
};

/* gofunc and text from the program's moduledata, as far as they are found; once. */
void cgm_functab_read_module(struct cgm_functab *t);
bool cgm_functab_find(struct cgm_functab *t, uint64_t pc, struct cgm_func *ret);
/* A string of the table: @base is the offset of the names or files. NULL: none there. */
const char *cgm_functab_string(struct cgm_functab *t, uint64_t base, uint64_t offset);
/* Value at @pc in the table at @off of the pc-value tables; -1: none. */
int32_t cgm_functab_value(struct cgm_functab *t, const struct cgm_func *f, uint32_t off,
			  uint64_t pc);
/* @len bytes of the list of functions or of their records, by the place in the table. */
const uint8_t *cgm_functab_record(struct cgm_functab *t, uint64_t at, size_t len);

#endif
