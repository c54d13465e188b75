/* SPDX-License-Identifier: Apache-2.0 */
/* A worker that has been taken over answers: the first byte says how many processes were asked for.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/inspect_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int truth)
{
	if (!truth)
		abort();
}

/* Ends within its array, and nothing in it can do anything to a terminal. */
static void must_be_text(const char *s, size_t size)
{
	const char *end = memchr(s, 0, size);

	must(end != NULL);
	for (; s < end; s++)
		must((unsigned char)*s >= 0x20 && *s != 0x7f);
}

static void must_be_flag(const bool *flag)
{
	unsigned char byte;

	memcpy(&byte, flag, 1);
	must(byte <= 1);
}

static void check_go(const struct cgm_go *g)
{
	must_be_text(g->version, sizeof g->version);
	must(g->source <= CGM_GO_FROM_ENDPOINT);
	must(g->n_groups <= CGM_GO_GROUPS_MAX && g->n_sites <= CGM_GO_SITES_MAX);
	must(!g->pid && !g->comm[0] && !g->why[0]);
	must_be_flag(&g->cgo);
	must_be_flag(&g->resident.known);
	for (int i = 0; i < CGM_GO_STAT_COUNT; i++)
		must_be_flag(&g->stat[i].known);
	for (size_t i = 0; i < g->n_groups; i++) {
		must_be_text(g->groups[i].state, sizeof g->groups[i].state);
		must_be_text(g->groups[i].function, sizeof g->groups[i].function);
		must_be_text(g->groups[i].created_by, sizeof g->groups[i].created_by);
		must_be_flag(&g->groups[i].system);
	}
	for (size_t i = 0; i < g->n_sites; i++)
		must_be_text(g->sites[i].function, sizeof g->sites[i].function);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_wire_answer a = {0};
	size_t n = size ? *data : 0;

	if (!size || cgm_wire_read(data + 1, size - 1, n, &a) < 0)
		return 0;
	must(a.n_procs <= n && a.n_kinds <= n && a.n_go <= a.n_procs && a.n_places <= n);
	for (size_t i = 0; i < a.n_procs; i++)
		must(a.procs[i].index < n && (!i || a.procs[i].index > a.procs[i - 1].index));
	for (size_t i = 0; i < a.n_kinds; i++) {
		must(a.kinds[i].index < n);
		must_be_text(a.kinds[i].kinds.largest_name, sizeof a.kinds[i].kinds.largest_name);
		must_be_flag(&a.kinds[i].kinds.known);
	}
	for (size_t i = 0; i < a.n_go; i++) {
		must(a.go[i].index < n);
		check_go(&a.go[i].go);
	}
	for (size_t i = 0; i < a.n_troubles; i++)
		must(a.troubles[i].index < n && a.troubles[i].step < CGM_STEP_COUNT &&
		     a.troubles[i].code);
	cgm_wire_answer_clear(&a);
	return 0;
}
