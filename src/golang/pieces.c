/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/pieces.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "golang/elf.h"
#include "base/banned.h"

#define PIECE	((size_t)4 << 10)
#define LEN_MAX ((uint64_t)1 << 30)

int cgm_pieces_init(struct cgm_pieces *p, uint64_t len, size_t max)
{
	if (len > LEN_MAX)
		return -EFBIG;
	p->len = len;
	p->n = (size_t)(len + PIECE - 1) / PIECE;
	p->left = max / PIECE;
	p->v = calloc(p->n + !p->n, sizeof *p->v);
	return p->v ? 0 : -ENOMEM;
}

void cgm_pieces_clear(struct cgm_pieces *p)
{
	for (size_t i = 0; p->v && i < p->n; i++)
		free(p->v[i]);
	free(p->v);
	*p = (struct cgm_pieces){.fd = -1};
}

/* A piece is kept with the beginning of the next, so that a record is never in two. */
static size_t piece_size(const struct cgm_pieces *p, size_t i)
{
	uint64_t rest = p->len - (uint64_t)i * PIECE;

	return rest < PIECE + CGM_PIECE_RECORD ? (size_t)rest : PIECE + CGM_PIECE_RECORD;
}

static const uint8_t *load(struct cgm_pieces *p, size_t i)
{
	size_t size = piece_size(p, i);
	uint64_t at = p->start + (uint64_t)i * PIECE;
	CGM_AUTO_FREE uint8_t *buf = NULL;

	if (p->v[i])
		return p->v[i];
	if (!p->left)
		return NULL;
	p->left--;
	buf = malloc(size);
	if (!buf || (p->fd >= 0 ? cgm_elf_read(p->fd, at, buf, size)
				: p->mem->read(p->mem->ctx, at, buf, size)))
		return NULL;
	p->v[i] = CGM_TAKE(buf);
	return p->v[i];
}

const uint8_t *cgm_pieces_at(struct cgm_pieces *p, uint64_t at, size_t *avail)
{
	size_t i = (size_t)(at / PIECE), in = (size_t)(at % PIECE);
	const uint8_t *v;

	if (at >= p->len)
		return NULL;
	v = load(p, i);
	if (!v)
		return NULL;
	*avail = piece_size(p, i) - in;
	return v + in;
}

const uint8_t *cgm_pieces_record(struct cgm_pieces *p, uint64_t at, size_t len)
{
	size_t avail = 0;
	const uint8_t *v = cgm_pieces_at(p, at, &avail);

	return v && len <= avail && len <= CGM_PIECE_RECORD ? v : NULL;
}
