/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A range of a file, or of a process's memory, that is read piece by piece when it is asked for and
 * then kept, up to a limit. Private to src/golang. One owner, one thread; what is handed out lives
 * as long as the pieces.
 */
#ifndef CGMEM_GOLANG_PIECES_H
#define CGMEM_GOLANG_PIECES_H

#include "golang/mem.h"

struct cgm_pieces {
	int fd;			      /* < 0: of @mem */
	const struct cgm_go_mem *mem; /* borrowed */
	uint64_t start, len;	      /* offset in the file, or address */
	uint8_t **v;
	size_t n, left; /* pieces; how many more may be read */
};

/* Up to this many bytes are contiguous behind any place that is in the range. */
#define CGM_PIECE_RECORD 512

/* 0, -EFBIG, -ENOMEM. @max: bytes that may be kept of it. */
int cgm_pieces_init(struct cgm_pieces *p, uint64_t len, size_t max);
void cgm_pieces_clear(struct cgm_pieces *p);
/*
 * The bytes at @at of the range; @avail, at least 1, is how many follow in one piece. NULL:
 * outside, unreadable, or above the limit.
 */
const uint8_t *cgm_pieces_at(struct cgm_pieces *p, uint64_t at, size_t *avail);
/* @len bytes at @at, at most CGM_PIECE_RECORD; NULL as above or when they are cut short. */
const uint8_t *cgm_pieces_record(struct cgm_pieces *p, uint64_t at, size_t len);

#endif
