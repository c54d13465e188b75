/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <locale.h>

#include "output/json.h"
#include "go_fixture.h"

#define PAGE "man/cgmem-json.5"

static json_t *parse(const struct cgm_json *j)
{
	CGM_AUTO_FREE char *text = CAPTURE(cgm_json_write(j, out));
	json_error_t e;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &e);

	if (!root)
		fail_msg("%s: %s", e.text, text);
	return root;
}

static struct cgm_json *document(void)
{
	struct cgm_json *j = NULL;

	assert_int_equal(cgm_json_new(GO_CLOCK, &j), 0);
	return j;
}

/* The results of `cgmem go --json`. */
static json_t *results_of(struct cgm_go *g, size_t n)
{
	const struct cgm_snapshot s = {.go = g, .n_go = n};
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root, *results;

	assert_int_equal(cgm_json_add_go(j, &s), 0);
	root = parse(j);
	results = json_incref(json_object_get(root, "results"));
	json_decref(root);
	return results;
}

static json_t *get(json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	if (!v)
		fail_msg("no %s", key);
	return v;
}

static void check_keys(json_t *object, const char *want)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v) cgm_buf_addf(&b, "%s%s", b.len ? " " : "", key);
	assert_string_equal(cgm_buf_str(&b), want);
}

static void check_number(json_t *o, const char *key, json_int_t want)
{
	assert_true(json_is_integer(get(o, key)));
	if (json_integer_value(get(o, key)) != want)
		fail_msg("%s is %" JSON_INTEGER_FORMAT, key, json_integer_value(get(o, key)));
}

static void check_text(json_t *o, const char *key, const char *want)
{
	assert_true(json_is_string(get(o, key)));
	assert_string_equal(json_string_value(get(o, key)), want);
}

/* A goal beyond all memory is none. */
static void test_no_collection_due(void **state)
{
	static const uint64_t goals[] = {CGM_GO_GOAL_NONE, CGM_GO_LIMIT_OFF - 3 * MIB, UINT64_MAX};
	struct cgm_go g = go_fixture();
	json_t *results;

	(void)state;
	for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
		g.stat[CGM_GO_NEXT_GC].v = goals[i];
		results = results_of(&g, 1);
		assert_true(
			json_is_null(get(get(json_array_get(results, 0), "memstats"), "NextGC")));
		json_decref(results);
	}
	g.stat[CGM_GO_NEXT_GC].v = CGM_GO_GOAL_NONE - 1;
	results = results_of(&g, 1);
	check_number(get(json_array_get(results, 0), "memstats"), "NextGC",
		     (json_int_t)CGM_GO_GOAL_NONE - 1);
	json_decref(results);
}

static void test_program(void **state)
{
	struct cgm_go g = go_fixture();
	json_t *results = results_of(&g, 1), *o = json_array_get(results, 0);

	(void)state;
	check_keys(o, "pid comm version source memstats bound goroutines gogc gomemlimit "
		      "heap_marked cgo inuse_space alloc_space resident why sites "
		      "goroutine_groups");
	check_keys(
		get(o, "memstats"),
		"HeapAlloc TotalAlloc HeapSys HeapIdle HeapInuse HeapReleased StackInuse "
		"StackSys MSpanSys MCacheSys BuckHashSys GCSys OtherSys Sys NextGC LastGC NumGC");
	check_number(get(o, "memstats"), "HeapAlloc", 43201536);
	check_number(get(o, "memstats"), "LastGC", (json_int_t)(GO_CLOCK - 12) * 1000000000);
	check_number(get(o, "memstats"), "NumGC", 42);
	check_number(get(o, "memstats"), "NextGC", (json_int_t)g.stat[CGM_GO_NEXT_GC].v);
	check_number(o, "pid", 4711);
	check_text(o, "comm", "api");
	check_text(o, "version", "go1.22.5");
	check_text(o, "source", "memory");
	check_number(o, "bound", 64 * KIB);
	check_number(o, "goroutines", 10003);
	check_number(o, "gogc", 100);
	assert_true(json_is_null(get(o, "gomemlimit")));
	assert_true(json_is_false(get(o, "cgo")));
	check_number(o, "inuse_space", 40 * MIB);
	assert_true(json_is_null(get(o, "why")));
	check_keys(get(o, "resident"),
		   "exact arenas arenas_lazyfree arenas_huge arenas_swap runtime off_heap "
		   "off_heap_lazyfree program huge");
	check_number(get(o, "resident"), "arenas", 138 * MIB);
	check_number(get(o, "resident"), "arenas_lazyfree", 2 * MIB);
	assert_true(json_is_true(get(get(o, "resident"), "exact")));
	json_decref(results);
}

static void test_lists(void **state)
{
	struct cgm_go g = go_fixture();
	json_t *results = results_of(&g, 1), *o = json_array_get(results, 0), *v;

	(void)state;
	assert_int_equal(json_array_size(get(o, "sites")), 3);
	v = json_array_get(get(o, "sites"), 1);
	check_keys(v, "function inuse_bytes inuse_objects alloc_bytes");
	check_text(v, "function", "github.com/example/service/internal/cache.(*LRU[...]).Add");
	check_number(v, "inuse_bytes", 9 * MIB);
	check_number(v, "inuse_objects", 2);
	assert_int_equal(json_array_size(get(o, "goroutine_groups")), 4);
	v = json_array_get(get(o, "goroutine_groups"), 0);
	check_keys(v, "count state function created_by longest_s stack_bytes system");
	check_number(v, "count", 9998);
	check_text(v, "state", "chan receive");
	check_text(v, "function", "main.one");
	check_text(v, "created_by", "main.main");
	check_number(v, "longest_s", 2472);
	assert_true(json_is_false(get(v, "system")));
	v = json_array_get(get(o, "goroutine_groups"), 2);
	assert_true(json_is_null(get(v, "created_by")));
	assert_true(json_is_null(get(v, "longest_s")));
	v = json_array_get(get(o, "goroutine_groups"), 3);
	assert_true(json_is_true(get(v, "system")));
	json_decref(results);
}

/* Nothing could be read: all keys are there, and unknown. */
static void test_unknown(void **state)
{
	struct cgm_go g[2] = {{.pid = 1}, go_fixture()};
	json_t *results, *o, *v;
	const char *key;

	(void)state;
	(void)snprintf(g[0].why, sizeof g[0].why, "no permission");
	g[1].source = CGM_GO_FROM_ENDPOINT;
	g[1].gogc.v = CGM_GO_GC_OFF;
	g[1].gomemlimit.v = 512 * MIB;
	results = results_of(g, 2);
	assert_int_equal(json_array_size(results), 2);
	o = json_array_get(results, 0);
	json_object_foreach(get(o, "memstats"), key, v) assert_true(json_is_null(v));
	assert_int_equal(json_object_size(get(o, "memstats")), CGM_GO_STAT_COUNT);
	for (size_t i = 0; i < 8; i++)
		assert_true(json_is_null(
			get(o, ((const char *[]){"version", "source", "bound", "goroutines", "gogc",
						 "gomemlimit", "resident", "inuse_space"})[i])));
	check_text(o, "why", "no permission");
	o = json_array_get(results, 1);
	check_text(o, "source", "endpoint");
	check_number(o, "gogc", -1);
	check_number(o, "gomemlimit", 512 * MIB);
	json_decref(results);
}

static void test_processes(void **state)
{
	struct fixture_explanation f;
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root, *results, *kinds;

	(void)state;
	fixture_explain(&f);
	f.procs[0].go_known = true;
	f.procs[1].go_known = f.procs[1].go = true;
	f.procs[0].kinds.known = true;
	f.procs[0].kinds.bytes[CGM_ANON_MAIN_HEAP] = 10 * MIB;
	f.procs[0].kinds.bytes[CGM_ANON_MMAP] = 1 * MIB;
	f.procs[1].kinds.known = true;
	f.procs[1].kinds.jvm_heap_used = go_known(7);
	assert_int_equal(cgm_json_add_processes(j, &f.snapshot), 0);
	root = parse(j);
	results = get(root, "results");
	assert_true(json_is_false(get(json_array_get(results, 0), "go")));
	assert_true(json_is_true(get(json_array_get(results, 1), "go")));
	assert_true(json_is_null(get(json_array_get(results, 2), "go")));
	kinds = get(json_array_get(results, 0), "anon_kinds");
	check_keys(kinds, "main_heap malloc_arenas thread_stacks stack named program jvm_heap "
			  "jvm_metaspace go_arenas mmap small");
	check_number(kinds, "main_heap", 10 * MIB);
	check_number(kinds, "stack", 0);
	assert_true(json_is_null(get(json_array_get(results, 0), "jvm")));
	check_keys(get(json_array_get(results, 1), "jvm"),
		   "heap_used heap_capacity metaspace_used");
	check_number(get(json_array_get(results, 1), "jvm"), "heap_used", 7);
	assert_true(json_is_null(get(json_array_get(results, 2), "anon_kinds")));
	json_decref(root);
}

/* explain has the same objects without the long lists. */
static void test_explained(void **state)
{
	struct fixture_explanation f;
	struct cgm_go g = go_fixture();
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root, *o;

	(void)state;
	fixture_explain(&f);
	f.snapshot.go = &g;
	f.snapshot.n_go = 1;
	assert_int_equal(cgm_json_add_explanation(j, &f.e), 0);
	root = parse(j);
	o = json_array_get(get(json_array_get(get(root, "results"), 0), "go"), 0);
	check_keys(o, "pid comm version source memstats bound goroutines gogc gomemlimit "
		      "heap_marked cgo inuse_space alloc_space resident why");
	json_decref(root);
}

/* All paths of @v, as the page writes them, a line each. */
static void add_paths(struct cgm_buf *b, const char *prefix, json_t *v)
{
	const char *key;
	json_t *member;

	json_object_foreach(v, key, member)
	{
		char path[128];

		(void)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", key);
		if (json_is_array(member)) {
			(void)snprintf(path, sizeof path, "%s%s%s[]", prefix, *prefix ? "." : "",
				       key);
			member = json_array_get(member, 0);
		}
		cgm_buf_addf(b, "%s\n", path);
		add_paths(b, path, member);
	}
}

static bool has_line(const char *text, const char *line, size_t len)
{
	for (const char *p = text; (p = strstr(p, line)); p++)
		if ((p == text || p[-1] == '\n') && p[len] == '\n')
			return true;
	return false;
}

/* The page's section, one ".It Li PATH" after another, is what is written, and no more. */
static void check_page(const char *section, json_t *o)
{
	CGM_AUTO_BUF struct cgm_buf program = {0}, page = {0};
	FILE *f = fopen(PAGE, "re");
	char line[256];
	bool on = false;

	if (!f)
		fail_msg(PAGE ": not there; the tests run at the top of the tree");
	while (fgets(line, sizeof line, f)) {
		if (strncmp(line, ".Sh ", 4) == 0)
			on = strcspn(line + 4, "\n") == strlen(section) &&
			     strncmp(line + 4, section, strlen(section)) == 0;
		else if (on && strncmp(line, ".It Li ", 7) == 0)
			cgm_buf_adds(&page, line + 7);
	}
	(void)fclose(f);
	add_paths(&program, "", o);
	for (const char *p = cgm_buf_str(&program); *p; p += strcspn(p, "\n") + 1) {
		CGM_AUTO_FREE char *word = strndup(p, strcspn(p, "\n"));

		if (!has_line(cgm_buf_str(&page), word, strlen(word)))
			fail_msg("section %s lacks %s", section, word);
	}
	for (const char *p = cgm_buf_str(&page); *p; p += strcspn(p, "\n") + 1) {
		CGM_AUTO_FREE char *word = strndup(p, strcspn(p, "\n"));

		if (!has_line(cgm_buf_str(&program), word, strlen(word)))
			fail_msg("section %s has %s, which is not written", section, word);
	}
}

static void test_page(void **state)
{
	struct cgm_go g = go_fixture();
	json_t *results = results_of(&g, 1);

	(void)state;
	check_page("GO", json_array_get(results, 0));
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_collection_due),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_explained),
		cmocka_unit_test(test_page),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
