/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints of all Go programs of a target have one deadline together. */
#include "go_endpoint_case.h"

#include "collect/inspect_job.h"

#define PROGRAMS 5

/* Several that are all the same process. */
static struct cgm_snapshot snapshot_of(const struct fixture *f)
{
	struct cgm_snapshot s = {.procs = calloc(1, sizeof *s.procs),
				 .n_procs = 1,
				 .go = calloc(PROGRAMS, sizeof *s.go),
				 .n_go = PROGRAMS};

	assert_true(s.procs && s.go);
	s.procs[0].pid = f->child.process.pid;
	for (size_t i = 0; i < PROGRAMS; i++) {
		s.go[i].pid = f->child.process.pid;
		(void)snprintf(s.go[i].comm, sizeof s.go[i].comm, "web%zu", i);
	}
	return s;
}

static void who_hangs_takes_the_others_time(void **state)
{
	struct fixture *f = *state;
	struct cgm_snapshot s;
	char first[128], others[128];

	assert_int_equal(start(f, "hang"), 0);
	s = snapshot_of(f);
	assert_int_equal(cgm_inspect_endpoints(NULL, &s, SHORT_MS), 0);
	assert_int_equal(s.n_unreadable, 2);
	(void)snprintf(first, sizeof first, "the endpoint of web0 (pid %d)", (int)s.go[0].pid);
	assert_string_equal(s.unreadable[0].what, first);
	(void)snprintf(others, sizeof others, "the endpoint of web1 (pid %d), and of 3 more",
		       (int)s.go[1].pid);
	assert_string_equal(s.unreadable[1].what, others);
	assert_string_equal(s.unreadable[1].why, "those asked before took all the time");
	assert_string_equal(s.unreadable[1].remedy, "ask for one process: pid:N");
	for (size_t i = 0; i < PROGRAMS; i++)
		assert_int_equal(s.go[i].source, CGM_GO_FROM_NOTHING);
	cgm_snapshot_clear(&s);
}

static void all_are_asked_who_answer(void **state)
{
	struct fixture *f = *state;
	struct cgm_snapshot s;

	assert_int_equal(start(f, "serve"), 0);
	s = snapshot_of(f);
	assert_int_equal(cgm_inspect_endpoints(NULL, &s, LONG_MS), 0);
	assert_int_equal(s.n_unreadable, 0);
	for (size_t i = 0; i < PROGRAMS; i++)
		assert_int_equal(s.go[i].source, CGM_GO_FROM_ENDPOINT);
	cgm_snapshot_clear(&s);
	/* a URL is the first's, and no other's is missing then */
	s = snapshot_of(f);
	assert_int_equal(cgm_inspect_endpoints(url_of(f, "/"), &s, LONG_MS), 0);
	assert_int_equal(s.n_unreadable, 0);
	for (size_t i = 0; i < PROGRAMS; i++)
		assert_int_equal(s.go[i].source, i ? CGM_GO_FROM_NOTHING : CGM_GO_FROM_ENDPOINT);
	cgm_snapshot_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_hangs_takes_the_others_time, setup, teardown),
		cmocka_unit_test_setup_teardown(all_are_asked_who_answer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
