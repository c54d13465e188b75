/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing from outside is more than text on the page, and the page stays small. */
#include "report_page.h"

#define PAGE_MAX 500000

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
		cmocka_unit_test(test_a_day_is_small_enough),
		cmocka_unit_test(test_the_worst_is_small_enough),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
