/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of Go in texts: a group with a Go program, and what is written of it. */
#ifndef TESTS_GO_EXPLAIN_CASE_H
#define TESTS_GO_EXPLAIN_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "output/cells.h"
#include "output/go.h"
#include "go_fixture.h"

struct go_case {
	struct fixture_explanation f;
	struct cgm_go go[2];
};

/* 200 MiB of the Go program's, of which the breakdown tells all parts. */
static inline void make(struct go_case *c)
{
	static const uint64_t parts[] = {
		[CGM_CHILD_GO_HEAP_LIVE] = 40 * MIB,	  [CGM_CHILD_GO_HEAP_SINCE_GC] = 30 * MIB,
		[CGM_CHILD_GO_HEAP_FRAGMENTED] = 8 * MIB, [CGM_CHILD_GO_IDLE_RETAINED] = 70 * MIB,
		[CGM_CHILD_GO_STACKS] = 30 * MIB,	  [CGM_CHILD_GO_RUNTIME] = 6 * MIB,
		[CGM_CHILD_OFF_HEAP] = 12 * MIB,	  [CGM_CHILD_LAZYFREE] = 2 * MIB,
		[CGM_CHILD_OTHER_PROCESSES] = 1 * MIB,	  [CGM_CHILD_ANON_OTHER] = 1 * MIB,
	};
	struct cgm_breakdown *b = &c->f.breakdown;

	fixture_explain(&c->f);
	c->f.procs[0] = (struct cgm_process){.pid = 4711,
					     .comm = "api",
					     .pss_anon = {190 * MIB, true},
					     .go = true,
					     .go_known = true};
	c->f.procs[1].go_known = true;
	c->f.procs[1].pss_anon.v = 10 * MIB; /* a twentieth: not worth a line */
	c->go[0] = c->go[1] = go_fixture();
	c->f.snapshot.go = c->go;
	c->f.snapshot.n_go = 1;
	b->charged += 188 * MIB;
	b->docker_bytes += 188 * MIB;
	fixture_part(b, CGM_PART_ANON, 200 * MIB, 200 * MIB, 2 * MIB);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		fixture_child(b, (enum cgm_child_id)i, parts[i]);
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("lacks \"%s\":\n%s", part, text);
}

static inline void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("has \"%s\":\n%s", part, text);
}

static inline char *procs(const struct go_case *c, unsigned width)
{
	const struct cgm_text_options o = {.width = width, .utf8 = true};

	return CAPTURE(cgm_procs_write(out, &c->f.snapshot, &o));
}

#endif
