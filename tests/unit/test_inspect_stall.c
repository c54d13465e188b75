/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds the worker up is avoided the next time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "collect/inspect_job.h"

#define N_TARGETS 5

struct stall {
	struct cgm_inspect_target targets[N_TARGETS];
	struct cgm_inspect_job job;
};

static void begin(struct stall *s)
{
	*s = (struct stall){.job = {.targets = s->targets, .n = N_TARGETS}};
	s->job.progress = cgm_inspect_progress_new();
	assert_non_null(s->job.progress);
}

static bool stalled_at(struct stall *s, enum cgm_inspect_stage stage, size_t index, uint64_t dev)
{
	cgm_inspect_at(&s->job, stage, index, dev, 77);
	return cgm_inspect_learn(&s->job, s->targets, true);
}

static void files_that_do_not_answer_are_avoided(void **state)
{
	struct stall s;

	(void)state;
	begin(&s);
	assert_false(cgm_inspect_learn(&s.job, s.targets, true)); /* it had not begun */
	assert_true(stalled_at(&s, CGM_AT_FILE, 1, makedev(0, 50)));
	assert_true(stalled_at(&s, CGM_AT_IMAGE, 3, makedev(8, 1)));
	assert_int_equal(s.job.n_avoid, 2);
	assert_int_equal(s.job.avoid[0].dev, makedev(0, 50));
	assert_int_equal(s.job.avoid[0].ino, 0); /* all of it: it is a server's */
	assert_int_equal(s.job.avoid[1].dev, makedev(8, 1));
	assert_int_equal(s.job.avoid[1].ino, 77); /* a disk, which has others' files too */
	assert_false(s.job.cut);
	/* there may be any number of them */
	assert_true(stalled_at(&s, CGM_AT_FILE, 2, makedev(0, 51)));
	assert_true(stalled_at(&s, CGM_AT_FILE, 2, makedev(0, 52)));
	assert_int_equal(s.job.n_avoid, CGM_INSPECT_AVOID_MAX);
	assert_false(s.job.cut);
	assert_true(stalled_at(&s, CGM_AT_FILE, 2, makedev(0, 53)));
	assert_true(s.job.cut);
	assert_int_equal(s.job.cut_at, 2);
	assert_false(stalled_at(&s, CGM_AT_FILE, 1, makedev(0, 54)));
	cgm_inspect_progress_free(s.job.progress);
}

static void memory_that_does_not_answer_is_avoided(void **state)
{
	struct stall s;

	(void)state;
	begin(&s);
	assert_true(stalled_at(&s, CGM_AT_PROC, 3, 0));
	for (size_t i = 0; i < N_TARGETS; i++)
		assert_int_equal(s.targets[i].avoid, i == 3);
	assert_false(s.job.cut);
	assert_true(stalled_at(&s, CGM_AT_PROC, 3, 0)); /* it was not that */
	assert_true(s.job.cut);
	assert_int_equal(s.job.cut_at, 3);
	cgm_inspect_progress_free(s.job.progress);
	/* out of time, and it is not one who took it */
	begin(&s);
	cgm_inspect_at(&s.job, CGM_AT_PROC, 4, 0, 0);
	assert_true(cgm_inspect_learn(&s.job, s.targets, false));
	assert_true(s.job.cut && s.job.cut_at == 4);
	cgm_inspect_progress_free(s.job.progress);
	/* a worker that was taken over says anything */
	begin(&s);
	assert_false(stalled_at(&s, CGM_AT_PROC, N_TARGETS, 0));
	cgm_inspect_progress_free(s.job.progress);
	s.job.progress = NULL;
	assert_false(stalled_at(&s, CGM_AT_PROC, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_do_not_answer_are_avoided),
		cmocka_unit_test(memory_that_does_not_answer_is_avoided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
