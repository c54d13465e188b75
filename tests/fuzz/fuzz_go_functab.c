/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of a Go program in which anything may have been changed: the first byte chooses the
 * version, each further group of bytes is a change: where (3 bytes), how long (1), what. Its
 * function table, goroutines, heap profile and both profiles are read.
 */
#include <stdbool.h>

#include "../unit/go_buckets.h"
#include "golang/goroutines.h"
#include "golang/profile.h"
#include "golang/sites.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* The program as it would be, with three goroutines and two records. */
static void make(struct go_program *g, unsigned minor)
{
	uint64_t calls[] = {AT(F_OUTER, 0x12), AT(F_WRAP, 0x11)};

	program_new(g, minor);
	cgm_functab_free(g->t);
	g->t = NULL;
	program_g(g, &(struct new_g){.status = 2, .start = F_MAIN, .creator = F_GOEXIT});
	for (unsigned i = 1; i < 3; i++) {
		program_g(g, &(struct new_g){4, 14, F_WRAP, F_MAIN, i});
		program_stack(g, i, calls, 2);
	}
	program_allgs(g, 0x208, 3, 8);
	buckets_fill(g);
}

static void change(struct go_program *g, const uint8_t *data, size_t size)
{
	struct {
		uint8_t *b;
		size_t len;
	} to[] = {{g->f.b, sizeof g->f.b},
		  {g->zero, sizeof g->zero},
		  {g->heap, sizeof g->heap},
		  {g->own, sizeof g->own}};

	while (size > 4) {
		size_t which = data[0] & 3,
		       at = (size_t)(data[0] >> 2) << 16 | (size_t)data[1] << 8 | data[2],
		       len = data[3] < size - 4 ? data[3] : size - 4;

		at %= to[which].len;
		if (len > to[which].len - at)
			len = to[which].len - at;
		memcpy(to[which].b + at, data + 4, len);
		data += 4 + len;
		size -= 4 + len;
	}
}

static void read_all(struct go_program *g)
{
	struct cgm_go_place place = {0},
			    known = {.allgs = ZERO_ADDR + 0x208, .mbuckets = ZERO_ADDR + 0x300};
	struct cgm_go go = {0};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)cgm_goroutines_locate(&g->p, &place);
	(void)cgm_sites_locate(&g->p, g->t, &place);
	if (!cgm_goroutines_read(&g->p, &known, g->t, true, &go))
		check(go.goroutines.known && go.n_groups <= CGM_GO_GROUPS_MAX);
	for (size_t i = 0; i < go.n_groups; i++)
		check(strlen(go.groups[i].function) < sizeof go.groups[i].function &&
		      strlen(go.groups[i].state) < sizeof go.groups[i].state);
	if (!cgm_sites_read(&g->p, &known, g->t, &go))
		check(go.inuse_space.known && go.n_sites <= CGM_GO_SITES_MAX);
	cgm_go_clear(&go);
	(void)cgm_go_profile_write(&g->p, &known, g->t, CGM_PROFILE_HEAP, &b);
	(void)cgm_go_profile_write(&g->p, &known, g->t, CGM_PROFILE_GOROUTINE, &b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct go_program g;
	struct cgm_go_image m;

	if (!size)
		return 0;
	make(&g, 17 + data[0] % 11);
	change(&g, data + 1, size - 1);
	if (pwrite(g.fd, g.f.b, sizeof g.f.b, 0) == (ssize_t)sizeof g.f.b &&
	    !cgm_go_image_read(g.fd, &m)) {
		g.image = m;
		if (!cgm_functab_open(g.fd, &g.image, &g.p, &g.t))
			read_all(&g);
	}
	program_free(&g);
	return 0;
}
