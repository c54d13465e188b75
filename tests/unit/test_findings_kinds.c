/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are not Go: anonymous memory by kind of mapping. */
#include "model_plant.h"

#include "model/go_words.h"

static struct model_case c;
static char text[1024];

static void has(const char *where, const char *s)
{
	if (!strstr(where, s))
		fail_msg("\"%s\" is not in: %s", s, where);
}

static const struct cgm_finding *anon_finding(void)
{
	assert_string_equal(first_cause(&c), "anon");
	return &c.f->v[0];
}

static struct cgm_process *start(const char *comm)
{
	struct cgm_process *p;

	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 80 * MIB);
	p = add_proc(&c, 12, 1, comm, 80 * MIB);
	p->kinds.known = true;
	return p;
}

static uint64_t evidence(const char *name)
{
	for (size_t i = 0; i < c.f->v[0].n_evidence; i++)
		if (!strcmp(c.f->v[0].evidence[i].name, name))
			return c.f->v[0].evidence[i].value;
	return 0;
}

/* The mappings are read a moment after the counters: no part is larger than the whole. */
static void test_grown_meanwhile(void **state)
{
	struct cgm_process *p = start("app");

	(void)state;
	p->kinds.bytes[CGM_ANON_MMAP] = 82 * MIB;
	has(anon_finding()->summary, "80.0 MiB in large mappings");
	case_end(&c);
}

static void test_two_kinds_are_told(void **state)
{
	struct cgm_process *p = start("postgres");

	(void)state;
	p->kinds.bytes[CGM_ANON_MAIN_HEAP] = 70 * MIB;
	p->kinds.bytes[CGM_ANON_THREAD_STACKS] = 8 * MIB;
	p->kinds.bytes[CGM_ANON_SMALL] = 2 * MIB;
	has(anon_finding()->summary, "81.0 MiB is anonymous memory of postgres (pid 12): 70.0 MiB "
				     "in malloc's main heap, 8.0 "
				     "MiB in stacks of its threads.");
	has(c.f->v[0].advice, "malloc_info(3)");
	assert_int_equal(evidence("main_heap"), 70 * MIB);
	assert_int_equal(evidence("thread_stacks"), 8 * MIB);
	assert_int_equal(evidence("small"), 2 * MIB);
	assert_int_equal(cgm_verdict_make(&c.s, &c.b, c.f, text, sizeof text), 0);
	has(text,
	    "It is 70.0 MiB in malloc's main heap, 8.0 MiB in stacks of its threads; only the "
	    "program or swap gives it back.");
	/* a process with half of it or less does not stand for the rest */
	p->pss_anon = opt(40 * MIB + 512 * KIB);
	case_explain(&c);
	assert_int_equal(cgm_verdict_make(&c.s, &c.b, c.f, text, sizeof text), 0);
	has(text, "Only the program itself or swap gives it back.");
	p->pss_anon = opt(80 * MIB);
	/* a tenth of the process or nothing */
	p->kinds.bytes[CGM_ANON_THREAD_STACKS] = 8 * MIB - 1;
	has(anon_finding()->summary, "malloc's main heap.");
	case_end(&c);
}

static void test_several_processes(void **state)
{
	struct cgm_process *p = start("postgres");

	(void)state;
	add_proc(&c, 13, 1, "cron", MIB);
	p->kinds.bytes[CGM_ANON_MALLOC_ARENAS] = 70 * MIB;
	has(anon_finding()->summary,
	    "of 2 processes; postgres (pid 12) has most of it: 80.0 MiB, of "
	    "it 70.0 MiB in malloc's arenas of its threads.");
	has(c.f->v[0].advice, "MALLOC_ARENA_MAX=2");
	/* not looked at */
	p->kinds.known = false;
	has(anon_finding()->summary, "has most of it: 80.0 MiB.");
	has(c.f->v[0].advice, "pmap -x 12 | sort");
	case_end(&c);
}

static void test_jvm(void **state)
{
	struct cgm_process *p = start("java");

	(void)state;
	p->kinds.bytes[CGM_ANON_JVM_HEAP] = 60 * MIB;
	p->kinds.bytes[CGM_ANON_JVM_METASPACE] = 9 * MIB;
	has(anon_finding()->summary, "60.0 MiB in the JVM's heap, 9.0 MiB in the JVM's metaspace.");
	p->kinds.jvm_heap_used = opt(12 * MIB);
	p->kinds.jvm_heap_capacity = opt(256 * MIB);
	p->kinds.jvm_metaspace_used = opt(8 * MIB);
	has(anon_finding()->summary,
	    "60.0 MiB in the JVM's heap (12.0 MiB of 256 MiB used), 9.0 MiB in the JVM's metaspace "
	    "(8.0 MiB used).");
	has(c.f->v[0].advice, "jcmd 12 GC.heap_info");
	assert_int_equal(evidence("jvm_heap_used"), 12 * MIB);
	assert_int_equal(evidence("jvm_heap_capacity"), 256 * MIB);
	assert_int_equal(evidence("jvm_metaspace_used"), 8 * MIB);
	case_end(&c);
}

static void test_names_and_python(void **state)
{
	struct cgm_process *p = start("python3.11");

	(void)state;
	p->kinds.bytes[CGM_ANON_MMAP] = 40 * MIB;
	p->kinds.bytes[CGM_ANON_NAMED] = 30 * MIB;
	(void)snprintf(p->kinds.largest_name, sizeof p->kinds.largest_name, "scudo:primary");
	has(anon_finding()->summary, "(mmap, malloc of 128 KiB and more), as Python's arenas of "
				     "objects are, 30.0 MiB in mappings with a name (most in "
				     "scudo:primary).");
	(void)snprintf(p->comm, sizeof p->comm, "redis-server");
	has(anon_finding()->summary, "(mmap, malloc of 128 KiB and more), 30.0 MiB");
	case_end(&c);
}

static void test_children(void **state)
{
	struct cgm_process *p;

	(void)state;
	case_start(&c, 2);
	execed(&c, 40 * MIB);
	p = &c.procs[2];
	p->kinds.known = true;
	p->kinds.bytes[CGM_ANON_MAIN_HEAP] = 39 * MIB;
	assert_string_equal(first_cause(&c), "anon-children");
	has(c.f->v[0].summary, "dump (pid 201), started from outside by exec, has 40.0 MiB, of it "
			       "39.0 MiB in malloc's main heap. The main");
	case_end(&c);
}

/* Each kind has words, and what is advised fits. */
static void test_all_kinds(void **state)
{
	(void)state;
	for (int k = 0; k < CGM_ANON_KIND_COUNT; k++) {
		struct cgm_process *p = start("app");
		char kinds[CGM_GO_TEXT];

		p->kinds.bytes[k] = 70 * MIB;
		assert_true(strlen(cgm_kinds_text(kinds, p)) > 15);
		has(anon_finding()->summary, kinds);
		assert_int_equal(evidence(cgm_anon_kinds[k].id), 70 * MIB);
		assert_null(strstr(c.f->v[0].advice, "..."));
		case_end(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_kinds_are_told), cmocka_unit_test(test_grown_meanwhile),
		cmocka_unit_test(test_several_processes),  cmocka_unit_test(test_jvm),
		cmocka_unit_test(test_names_and_python),   cmocka_unit_test(test_children),
		cmocka_unit_test(test_all_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
