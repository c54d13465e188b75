/* SPDX-License-Identifier: Apache-2.0 */
/* The page: what is on it. */
#include "report_page.h"

static void test_nothing_recorded(void **state)
{
	struct fixture_explanation f;
	struct cgm_track t = {0};
	char *page, *svg;

	(void)state;
	fixture_explain(&f);
	page = write_with(&t, "redis", &f.e, false);
	has(page, "Nothing was recorded of it.");
	has(page, "It is page cache. Nothing has to be done.");
	has(page, "<h2 id=\"h-findings\">");
	lacks(page, "class=\"canvas\"");
	lacks(page, "Over time.");
	svg = write_with(&t, "redis", NULL, true);
	has(svg, "nothing was recorded of it");
	free(page);
	free(svg);
}

static void test_gone(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	case_day(&t, false);
	page = write_with(&t, "redis", NULL, false);
	has(page, "<h1><bdi>redis</bdi></h1>");
	has(page, "Over time.");
	lacks(page, "<strong>Now.");
	lacks(page, "h-findings");
	lacks(page, "h-numbers");
	lacks(page, "id=\"h-go\"");
	free(page);
	cgm_track_clear(&t);
}

/* In the past tense, and with what limited it then. */
static void test_known_to_be_gone(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	case_day(&t, false);
	page = write_report((struct cgm_report){.gone = true}, &t, false);
	has(page, "<strong>Now.</strong> It is not there any more.</p>");
	has(page, "<dt>State</dt><dd><bdi>not there any more</bdi>");
	has(page, "<dt>Limit</dt><dd><bdi>512 MiB while it ran</bdi>");
	has(page, "<dt>Growth until the end</dt>");
	has(page, ">At the end</th>");
	has(page, ">grew</td>");
	lacks(page, ">growing");
	lacks(page, "Limit reached in");
	free(page);
	cgm_track_clear(&t);
}

/* It may live: nothing is told in the past tense. */
static void test_nobody_knows_how_it_is_now(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	case_day(&t, false);
	page = write_report((struct cgm_report){.unknown = "no engine answers (<x>)"}, &t, false);
	has(page, "<strong>Now.</strong> What it is made of now is unknown, because no engine "
		  "answers (&lt;x&gt;).</p>");
	has(page, "<dt>Limit</dt><dd><bdi>512 MiB</bdi>");
	has(page, "<dt>Growth</dt>");
	has(page, ">growing</td>");
	lacks(page, "<dt>State</dt>");
	free(page);
	cgm_track_clear(&t);
}

/* The engine still knows it, and it has no group: the machine is not its limit. */
static void test_not_running(void **state)
{
	struct cgm_snapshot s = {.version = 2};
	const struct cgm_breakdown none = {0};
	struct cgm_explanation e = {.snapshot = &s, .breakdown = &none, .verdict = "It ended."};
	struct cgm_track t, empty = {0};
	char *page;

	(void)state;
	s.target.kind = CGM_TARGET_CONTAINER;
	s.target.state = strdup("exited");
	s.target.exit_code = (struct cgm_opt){137, true};
	s.target.memory_limit = (struct cgm_opt){96 * CASE_MIB, true};
	e.effective.bytes = (struct cgm_opt){4096 * CASE_MIB, true};
	e.effective.from_host = true;
	case_day(&t, false);
	page = write_with(&t, "redis", &e, false);
	has(page, "<dt>State</dt><dd><bdi>exited, exit code 137</bdi>");
	has(page, "<dt>Limit</dt><dd><bdi>512 MiB while it ran</bdi>");
	has(page, "<dt>Growth until the end</dt>");
	free(page);
	page = write_with(&empty, "redis", &e, false);
	has(page, "<dt>Limit</dt><dd><bdi>96.0 MiB while it ran</bdi>");
	free(page);
	s.target.memory_limit.v = 0;
	page = write_with(&empty, "redis", &e, false);
	has(page, "<dt>Limit</dt><dd><bdi>none of its own while it ran</bdi>");
	free(page);
	s.path = s.target.state; /* one that has a group */
	page = write_with(&t, "redis", &e, false);
	has(page, "<dt>Limit</dt><dd><bdi>none; the machine has 4.0 GiB</bdi>");
	has(page, "<dt>Growth</dt>");
	free(page);
	free(s.target.state);
	cgm_track_clear(&t);
}

/* explain ends with the growth; here it has a paragraph of its own. */
static void test_growth_is_told_once(void **state)
{
	struct cgm_explanation e = {0};
	struct cgm_snapshot s = {.version = 2};
	const struct cgm_breakdown none = {0};
	struct cgm_trend trend;
	struct cgm_track t;
	char growth[1024], verdict[1100];
	char *page;

	(void)state;
	s.target.kind = CGM_TARGET_CGROUP;
	case_day(&t, false);
	assert_int_equal(cgm_trend_make(&t, &trend), 0);
	assert_true(cgm_trend_verdict(&trend, growth, sizeof growth) > 20);
	(void)snprintf(verdict, sizeof verdict, "It is large. %s", growth);
	e = (struct cgm_explanation){.snapshot = &s, .breakdown = &none, .verdict = verdict};
	page = write_with(&t, "redis", &e, false);
	has(page, "<p><strong>Now.</strong> It is large.</p>\n<p><strong>Over time.</strong> "
		  "Docker&#39;s figure");
	assert_int_equal(count(page, "Over time."), 1);
	free(page);
	cgm_track_clear(&t);
}

static void test_one_point(void **state)
{
	struct cgm_point p = case_point(CASE_FROM, 40, 0, 20, 0);
	struct cgm_track t = {0};
	char *page;

	(void)state;
	assert_int_equal(cgm_track_add(&t, &p), 0);
	page = write_with(&t, "redis", NULL, false);
	/* 60 MiB charged: the plot ends at 63, so 40 MiB lie at 10000 - 6349 */
	has(page, "<path class=\"layer anon\" d=\"M4988 10000V3651l24 0V10000z\"/>");
	has(page, "<path class=\"line docker\" d=\"M5000 3651h0\"/>");
	has(page, "{\"x\":[5000],\"at\":[\"00:00:00\"],\"bytes\":true,");
	has(page, "\"docker\":[40960]");
	has(page, "not enough data");
	free(page);
	cgm_track_clear(&t);
}

/* The limit of 200 MiB is shown: the plot ends at 210. */
static void test_paths(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	small_track(&t);
	page = write_with(&t, "redis", NULL, false);
	has(page, "<path class=\"layer anon\" d=\"M0 10000V9048l1000-477 1000-476V10000z"
		  "M9000 10000V8095l1000-1905V10000z\"/>");
	has(page, "<path transform=\"scale(.0001)\" d=\"M0 10000V8095l2000-952V10000z"
		  "M9000 10000V7619l1000-2381V10000z\"/>");
	has(page,
	    "<path class=\"line docker\" d=\"M0 9048l1000-477 1000-476M9000 8095l1000-1905\"/>");
	has(page, "<path class=\"line limit\" d=\"M0 2857l2000 0 0-2381M9000 476l1000 0\"/>");
	has(page, ">limit 200 MiB</text>");
	has(page, ">64 MiB</text>");
	has(page, ">192 MiB</text>");
	lacks(page, "layer kernel");
	free(page);
	cgm_track_clear(&t);
}

/* v1: what of 36 MiB of kernel memory can be reclaimed is not known, and not counted. */
static void test_kernel_in_doubt(void **state)
{
	static const char note[] = "<p>What cannot be reclaimed (needed) is told without 36.0 MiB "
				   "of kernel memory, because cgroup v1 does not tell how much of "
				   "that can be; cgmem explain estimates it.</p>";
	struct cgm_track t;
	char *page;

	(void)state;
	small_track(&t);
	for (size_t i = 0; i < t.n; i++) {
		cgm_point_set(&t.points[i], CGM_SERIES_KERNEL, 36 * CASE_MIB);
		cgm_point_set(&t.points[i], CGM_SERIES_NEEDED, 60 * CASE_MIB);
	}
	page = write_with(&t, "redis", NULL, false);
	has(page, note);
	has(page, "<dt>Cannot be reclaimed, at least</dt><dd><b>24.0 MiB</b>");
	free(page);
	for (size_t i = 0; i < t.n; i++)
		cgm_point_set(&t.points[i], CGM_SERIES_SLAB_RECLAIMABLE, 0);
	page = write_with(&t, "redis", NULL, false);
	lacks(page, "is told without");
	has(page, "<dt>Cannot be reclaimed</dt><dd><b>60.0 MiB</b>");
	free(page);
	cgm_track_clear(&t);
}

static void test_a_limit_far_above_is_told(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	small_track(&t);
	for (size_t i = 0; i < t.n; i++) /* four times the 100 MiB at the end */
		cgm_point_set(&t.points[i], CGM_SERIES_LIMIT, 400 * CASE_MIB);
	page = write_with(&t, "redis", NULL, false);
	has(page, "<path class=\"line limit\"");
	has(page, ">limit 400 MiB</text>");
	free(page);
	for (size_t i = 0; i < t.n; i++)
		cgm_point_set(&t.points[i], CGM_SERIES_LIMIT, 401 * CASE_MIB);
	page = write_with(&t, "redis", NULL, false);
	lacks(page, "<path class=\"line limit\"");
	has(page, "limit 401 MiB, far above");
	free(page);
	cgm_track_clear(&t);
}

static void test_a_limit_that_leaves_the_plot(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	small_track(&t);
	cgm_point_set(&t.points[1], CGM_SERIES_LIMIT, 1000 * CASE_MIB);
	page = write_with(&t, "redis", NULL, false);
	/* up to the edge and no further, and there again with the third point */
	has(page, "<path class=\"line limit\" d=\"M0 2857l1000 0 0-2857"
		  "M2000 476h0M9000 476l1000 0\"/>");
	has(page, ">limit 200 MiB</text>");
	free(page);
	t.points[4].known &= ~(UINT32_C(1) << CGM_SERIES_LIMIT); /* taken away */
	page = write_with(&t, "redis", NULL, false);
	lacks(page, ">limit 200 MiB</text>");
	free(page);
	cgm_track_clear(&t);
}

static void test_events(void **state)
{
	struct cgm_track t;
	char *page;

	(void)state;
	small_track(&t);
	case_event(&t, CASE_FROM + 120000, CGM_EVENT_GAP, 300000, "");
	case_event(&t, CASE_FROM + 540000, CGM_EVENT_OOM_KILL, 3, "ser<ver>");
	case_event(&t, CASE_FROM + 541000, CGM_EVENT_STOP, 137, "");
	case_event(&t, CASE_FROM + 9000000, CGM_EVENT_RESTART, 0, "");
	page = write_with(&t, "redis", NULL, false);
	has(page, "<rect class=\"gap\" x=\"20%\" y=\"0\" width=\"50%\" height=\"100%\">"
		  "<title>2026-11-22 00:02:00 nothing recorded for 5 min</title></rect>");
	/* a kill and a stop within a second share a mark, that of the kill */
	has(page, "<svg class=\"mark oom-kill\" x=\"90%\" y=\"-15\"><title>"
		  "2026-11-22 00:09:00 3 OOM kills of ser&lt;ver&gt;; "
		  "2026-11-22 00:09:01 stop, exit code 137</title>");
	lacks(page, "<svg class=\"mark stop\" x=");
	lacks(page, "<svg class=\"mark restart\" x="); /* after the end */
	has(page, "<td><bdi>restart</bdi></td>");
	has(page, "<td><bdi>3 OOM kills of ser&lt;ver&gt;</bdi></td>");
	free(page);
	cgm_track_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_recorded),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_known_to_be_gone),
		cmocka_unit_test(test_nobody_knows_how_it_is_now),
		cmocka_unit_test(test_not_running),
		cmocka_unit_test(test_growth_is_told_once),
		cmocka_unit_test(test_one_point),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_kernel_in_doubt),
		cmocka_unit_test(test_a_limit_far_above_is_told),
		cmocka_unit_test(test_a_limit_that_leaves_the_plot),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
