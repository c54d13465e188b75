/* SPDX-License-Identifier: Apache-2.0 */
/* The page: what is on it, and that nothing from outside is more than text on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "output/html.h"
#include "output_fixture.h"
#include "report_case.h"

#define PAGE_MAX 500000

static int utc(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return 0;
}

static void has(const char *page, const char *what)
{
	if (!strstr(page, what))
		fail_msg("lacks %s", what);
}

static void lacks(const char *page, const char *what)
{
	const char *p = strstr(page, what);

	if (p)
		fail_msg("has %.200s", p);
}

static size_t count(const char *page, const char *what)
{
	size_t n = 0;

	for (const char *p = page; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* What is not set in @r is set here. */
static char *write_report(struct cgm_report r, const struct cgm_track *t, bool svg)
{
	struct cgm_trend trend;

	assert_int_equal(cgm_trend_make(t, &trend), 0);
	r.name = r.name ? r.name : "redis";
	r.track = t;
	r.trend = &trend;
	r.now_ms = CASE_FROM + 86400000;
	return CAPTURE(svg ? cgm_report_svg_write(out, &r) : cgm_report_write(out, &r));
}

static char *write_with(const struct cgm_track *t, const char *name,
			const struct cgm_explanation *e, bool svg)
{
	return write_report((struct cgm_report){.explanation = e, .name = name}, t, svg);
}

static void check_escaped(const char *s, const char *expected)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_html_add(&b, s);
	assert_string_equal(cgm_buf_str(&b), expected);
}

static void test_escaping(void **state)
{
	(void)state;
	check_escaped("", "");
	check_escaped("a/b:7 \u00fc \u05d0 \U0001f433", "a/b:7 \u00fc \u05d0 \U0001f433");
	check_escaped("</script><b x='1' y=\"2\">&amp;",
		      "&lt;/script&gt;&lt;b x=&#39;1&#39; y=&quot;2&quot;&gt;&amp;amp;");
	check_escaped("\x01\n\x1b[2J\x7f", "\\x01\\x0a\\x1b[2J\\x7f");
	check_escaped("\xff\xc0\xaf\xed\xa0\x80", "\\xff\\xc0\\xaf\\xed\\xa0\\x80");
	check_escaped("a\u202eb\u2066c\u2069\u061c\u200f",
		      "a\\u202eb\\u2066c\\u2069\\u061c\\u200f");
	check_escaped("\u2028\u2029\ufeff\ufffe\uffff", "\\u2028\\u2029\\ufeff\\ufffe\\uffff");
	/* neighbours of those stay, and what joins letters of some scripts */
	check_escaped("\u061b\u061d\u200d\u2010\u2027\u202f\u2065\u206a\ufefe\ufffd",
		      "\u061b\u061d\u200d\u2010\u2027\u202f\u2065\u206a\ufefe\ufffd");
	check_escaped("\xe2\x80", "\\xe2\\x80");
}

static void test_escaping_in_json(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	cgm_html_add_json(&b, "</script> \"'&\\\n\u202e");
	assert_string_equal(cgm_buf_str(&b),
			    "\"\\u003c/script\\u003e \\\"\\u0027\\u0026\\\\\\\\x0a\\\\u202e\"");
}

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

/* Three points a minute apart, a hole, and two more. */
static void small_track(struct cgm_track *t)
{
	static const struct {
		int64_t s;
		uint64_t anon, inactive;
	} v[] = {{0, 20, 20}, {60, 30, 20}, {120, 40, 20}, {540, 40, 10}, {600, 80, 20}};

	*t = (struct cgm_track){.step_ms = 60000};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		struct cgm_point p =
			case_point(CASE_FROM + v[i].s * 1000, v[i].anon, 0, v[i].inactive, 0);

		cgm_point_set(&p, CGM_SERIES_LIMIT, (v[i].s < 100 ? 150 : 200) * CASE_MIB);
		assert_int_equal(cgm_track_add(t, &p), 0);
	}
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

static void test_a_day_is_small_enough(void **state)
{
	struct fixture_explanation f;
	struct cgm_track t;
	char *page, *svg;

	(void)state;
	fixture_explain(&f);
	case_day(&t, true);
	page = write_with(&t, "shop-web-1", &f.e, false);
	svg = write_with(&t, "shop-web-1", NULL, true);
	print_message("# a day: %zu bytes, the drawing %zu\n", strlen(page), strlen(svg));
	assert_in_range(strlen(page), 50000, PAGE_MAX);
	assert_in_range(strlen(svg), 10000, PAGE_MAX / 5);
	has(page, "<h3>Go heap against anonymous memory</h3>");
	has(page, "<h3>Goroutines</h3>");
	assert_int_equal(count(page, "<figure data-plot="), 3);
	lacks(page, "nan");
	lacks(page, "inf,");
	free(page);
	free(svg);
	cgm_track_clear(&t);
}

/* As many holes, events and digits as there can be. */
static void test_the_worst_is_small_enough(void **state)
{
	struct cgm_track t = {.step_ms = 10000};
	uint64_t noise = 1;
	char *page;

	(void)state;
	for (int64_t i = 0; i < 9000; i++) {
		struct cgm_point p = {.time_ms = CASE_FROM + (i + i / 4 * 20) * 10000};

		for (int k = 0; k < CGM_SERIES_COUNT; k++) {
			noise = noise * UINT64_C(6364136223846793005) + 1442695040888963407;
			cgm_point_set(&p, (enum cgm_series_id)k, noise >> 24); /* up to 1 TiB */
		}
		assert_int_equal(cgm_track_add(&t, &p), 0);
		if (i % 3 == 0)
			case_event(&t, p.time_ms, (enum cgm_event_kind)(i / 3 % 7), noise >> 30,
				   "\"'<>&\"'<>&\"'<>&\"'<>&\"'<>&\"'<>&\"'<>&\"'<>&\"'<>&\"'<>&");
	}
	page = write_with(&t, "redis", NULL, false);
	print_message("# the worst: %zu bytes\n", strlen(page));
	assert_in_range(strlen(page), 100000, PAGE_MAX);
	free(page);
	cgm_track_clear(&t);
}

#define HOSTILE "</script><img src=x onerror=alert(1)>\"'\u202e\x01\xff]]>"
#define SHOWN                                                                           \
	"&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;\\u202e\\x01\\xff" \
	"]]&gt;"

static void test_hostile_names(void **state)
{
	struct fixture_explanation f;
	struct cgm_track t;
	char *page, *svg;

	(void)state;
	fixture_explain(&f);
	f.snapshot.target.name = f.snapshot.target.image = f.snapshot.target.state =
		f.snapshot.path = f.levels[1].path = f.unreadable[0].what = f.unreadable[0].why =
			f.unreadable[0].remedy = (char *)(uintptr_t)HOSTILE;
	(void)snprintf(f.findings.v[0].summary, sizeof f.findings.v[0].summary, "%s", HOSTILE);
	(void)snprintf(f.findings.v[0].advice, sizeof f.findings.v[0].advice, "%s", HOSTILE);
	f.e.verdict = HOSTILE;
	small_track(&t);
	case_event(&t, CASE_FROM + 540000, CGM_EVENT_OOM_KILL, 1, HOSTILE);
	page = write_with(&t, HOSTILE, &f.e, false);
	lacks(page, "<img");
	lacks(page, "\u202e");
	lacks(page, "\x01");
	lacks(page, "\xff");
	/* title, heading, image, state, path, limit, three of the unreadable, finding twice,
	 * verdict; event in the trend, in the marks of the plot and in its table */
	assert_int_equal(count(page, SHOWN), 15);
	assert_int_equal(count(page, "</script>"), 2); /* the plot's values, and the script */
	svg = write_with(&t, HOSTILE, NULL, true);
	lacks(svg, "<img");
	assert_int_equal(count(svg, SHOWN), 3); /* title, heading, mark */
	free(page);
	free(svg);
	cgm_track_clear(&t);
}

static void test_policy(void **state)
{
	struct cgm_track t;
	char *page, *svg;

	(void)state;
	case_day(&t, true);
	page = write_with(&t, "redis", NULL, false);
	has(page, "default-src 'none'; style-src 'sha256-");
	has(page, "base-uri 'none'; form-action 'none'\">");
	lacks(page, "style=\"");
	lacks(page, "http://localhost");
	lacks(page, "https://");
	lacks(page, " on"
		    "click=");
	assert_int_equal(count(page, "http:"), 1); /* the name of SVG's elements, in the script */
	svg = write_with(&t, "redis", NULL, true);
	lacks(svg, "<script");
	lacks(svg, "style=\"");
	assert_int_equal(count(svg, "http:"), 1);
	free(page);
	free(svg);
	cgm_track_clear(&t);
}

static void test_a_full_disk_is_told(void **state)
{
	struct cgm_track t = {0};
	struct cgm_trend trend;
	struct cgm_report r = {.name = "redis", .track = &t, .trend = &trend};
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	(void)setvbuf(out, NULL, _IONBF, 0);
	assert_int_equal(cgm_trend_make(&t, &trend), 0);
	assert_int_equal(cgm_report_write(out, &r), -ENOSPC);
	assert_int_equal(cgm_report_svg_write(out, &r), -ENOSPC);
	(void)fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_escaping_in_json),
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
		cmocka_unit_test(test_a_day_is_small_enough),
		cmocka_unit_test(test_the_worst_is_small_enough),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
