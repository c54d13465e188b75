/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorder is killed (SIGKILL) again and again while it writes: the file stays whole, what was
 * committed is there, and of the round in progress there is all or nothing. $CGMEM_SEED: the seed.
 */
#include "history_case.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/parse.h"
#include "base/banned.h"

#define KILLS	200
#define TARGETS 5U
#define STEP	(10 * SEC)

/* What is recorded at a moment of a target: another number each time. */
static uint64_t value_at(int64_t time_ms, unsigned target)
{
	return ((uint64_t)(time_ms - T0) / STEP % 5000 * 8 + target) * MIB;
}

static void write_round(struct cgm_history *h, int64_t time_ms)
{
	static const char *const names[TARGETS] = {"a", "b", "c", "d", "e"};

	if (cgm_history_begin(h, time_ms, NULL))
		_exit(1);
	for (unsigned i = 0; i < TARGETS; i++) {
		const struct cgm_history_target t = {.kind = "container", .name = names[i]};
		struct cgm_point p = {.time_ms = time_ms};
		int64_t id;

		for (unsigned k = 0; k < CGM_SERIES_COUNT; k++)
			cgm_point_set(&p, k, value_at(time_ms, i));
		if (cgm_history_target(h, &t, &id, NULL) || cgm_history_add(h, id, &p, NULL))
			_exit(1);
	}
	if (cgm_history_commit(h, NULL))
		_exit(1);
}

/* Round after round, each told of when it is committed. */
static void record(int out)
{
	const struct cgm_history_keep keep = {.raw_s = 1200, .minutes_s = 30 * 86400};
	struct cgm_history *h;
	int64_t at;

	if (cgm_history_open_writer(case_path, &keep, &h, NULL))
		_exit(1);
	at = cgm_history_last_round(h);
	for (at = at ? at : T0; (at += STEP);) {
		write_round(h, at);
		if (write(out, &at, sizeof at) != sizeof at)
			_exit(1);
	}
}

/* Starts a recorder, kills it after some rounds and a moment. The last round that it told of. */
static int64_t killed_recorder(unsigned rounds, long moment_ns)
{
	const struct timespec moment = {0, moment_ns};
	int64_t at, last = 0;
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(pipes[0]);
		record(pipes[1]);
		_exit(1);
	}
	(void)close(pipes[1]);
	while (rounds-- && read(pipes[0], &at, sizeof at) == sizeof at)
		last = at;
	(void)nanosleep(&moment, NULL);
	(void)kill(child, SIGKILL);
	while (read(pipes[0], &at, sizeof at) == sizeof at)
		last = at;
	(void)close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return last;
}

static void check_points(int64_t last_ms)
{
	struct cgm_history *h = case_reader();

	for (unsigned i = 0; i < TARGETS; i++) {
		struct cgm_track t = case_read(h, i + 1, last_ms - 10 * MIN, last_ms, 0);

		assert_true(t.n > 0);
		assert_int_equal(t.points[t.n - 1].time_ms, last_ms);
		for (size_t k = 0; k < t.n; k++) {
			const struct cgm_point *p = &t.points[k];

			assert_int_equal(p->v[CGM_SERIES_ANON], value_at(p->time_ms, i));
			assert_true(k == 0 || p->time_ms - p[-1].time_ms == STEP);
		}
		cgm_track_clear(&t);
	}
	cgm_history_free(h);
}

static void test_killed(void **state)
{
	const char *given = getenv("CGMEM_SEED");
	uint64_t seed = (uint64_t)time(NULL);
	int64_t committed = T0;
	unsigned in_progress = 0;
	struct cgm_history *h;

	(void)state;
	if (given)
		assert_int_equal(cgm_parse_u64_str(given, &seed), 0);
	print_message("# seed %llu\n", (unsigned long long)seed);
	srandom((unsigned)seed);
	for (int i = 0; i < KILLS; i++) {
		unsigned rounds = (unsigned)random() % 12;
		int64_t told = killed_recorder(rounds, random() % 3000000), last;

		if (access(case_path, F_OK) && !told)
			continue;
		committed = told ? told : committed;
		h = NULL;
		if (cgm_history_open(case_path, &h, NULL) == -EUCLEAN && committed == T0)
			continue; /* killed before its tables were made */
		assert_non_null(h);
		last = cgm_history_last_round(h);
		cgm_history_free(h);
		if (last != committed && !(committed == T0 && last == 0))
			assert_int_equal(last, committed + STEP);
		in_progress += last > committed;
		if (!last)
			continue;
		committed = last;
		assert_int_equal(case_number("SELECT count(*) = 1 AND max(integrity_check) = 'ok' "
					     "FROM pragma_integrity_check"),
				 1);
		check_points(last);
	}
	print_message("# %lld rounds, %u of them committed and not told of\n",
		      (long long)(committed - T0) / STEP, in_progress);
	assert_true(committed > T0);
	/* what the last one left undone is done by the next */
	h = case_writer(NULL);
	write_round(h, committed + 1);
	cgm_history_free(h);
	/* no minute lacks a round, but the first and the last */
	assert_int_equal(case_number("SELECT count(*) FROM minutes WHERE n <> 6 AND time_s NOT IN "
				     "((SELECT max(time_s) FROM minutes), 1767225600)"),
			 0);
	assert_int_equal(case_number("SELECT count(*) FROM minutes"),
			 ((committed - T0) / MIN + 1) * TARGETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
