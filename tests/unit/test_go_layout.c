/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "go_memory.h"

static const struct cgm_go_layout *of(unsigned minor, uint16_t machine)
{
	struct cgm_go_image image = {.minor = minor, .machine = machine};

	assert_int_equal(cgm_go_version_known(&image), cgm_go_layout_of(&image) != NULL);
	return cgm_go_layout_of(&image);
}

static void test_versions(void **state)
{
	(void)state;
	assert_null(of(0, EM_X86_64));
	assert_null(of(16, EM_X86_64));
	assert_int_equal(of(17, EM_X86_64)->minor, 17);
	assert_int_equal(of(20, EM_X86_64)->minor, 20);
	assert_int_equal(of(26, EM_AARCH64)->minor, 26);
	assert_ptr_equal(of(27, EM_X86_64), of(26, EM_AARCH64));
	assert_null(of(28, EM_X86_64));
	assert_null(of(22, EM_386));
	assert_null(of(22, EM_NONE));
}

static void test_offsets(void **state)
{
	(void)state;
	assert_int_equal(of(17, EM_X86_64)->stats->shards, 5960);
	assert_int_equal(of(18, EM_X86_64)->gc->heap_goal, 104);
	assert_int_equal(of(19, EM_X86_64)->gc->six, 304);
	assert_int_equal(of(20, EM_X86_64)->gc->six, 248);
	assert_int_equal(of(21, EM_X86_64)->gc->six, 272);
	assert_int_equal(of(22, EM_X86_64)->g->startpc, 296);
	assert_int_equal(of(24, EM_X86_64)->g->status, 152);
	assert_int_equal(of(24, EM_X86_64)->stats->gen, 3528);
	assert_int_equal(of(25, EM_X86_64)->stats->gen, 3504);
	assert_int_equal(of(26, EM_X86_64)->g->gopc, 288);
	assert_int_equal(of(25, EM_X86_64)->mcache_size, 1208);
	assert_int_equal(of(20, EM_X86_64)->limit_headroom, 0);
	assert_int_equal(of(21, EM_X86_64)->limit_headroom, 3);
}

/* What is read is what the fields need, and fits. */
static void test_lengths(void **state)
{
	(void)state;
	for (unsigned minor = CGM_GO_MINOR_FIRST; minor <= CGM_GO_MINOR_LAST; minor++) {
		const struct cgm_go_layout *l = of(minor, EM_X86_64);

		assert_true(cgm_go_gc_len(l) <= CGM_GO_READ_MAX);
		assert_true(cgm_go_stats_len(l) <= CGM_GO_READ_MAX);
		assert_int_equal(l->g->len, l->g->startpc + 8);
		assert_true(l->gc->len >= l->gc->heap_marked + 8);
		if (l->gc->six != CGM_GO_NO_FIELD)
			assert_int_equal(l->gc->len, l->gc->six + 48);
		assert_true(cgm_go_stats_len(l) >= l->stats->numgc + 4);
		assert_true(l->stats->gen >= l->stats->shards + 3 * l->stats->stride);
		assert_true(l->stats->small_free + 8 * CGM_GO_SIZE_CLASSES <= l->stats->stride);
	}
}

static void reason(unsigned minor, unsigned n, const char *want)
{
	assert_string_equal(cgm_go_wait_reason(of(minor, EM_X86_64), n), want);
}

static void test_reasons(void **state)
{
	(void)state;
	reason(17, 0, "");
	for (unsigned minor = CGM_GO_MINOR_FIRST; minor <= CGM_GO_MINOR_LAST; minor++) {
		reason(minor, 2, "IO wait");
		reason(minor, minor < 26 ? 14 : 19, "chan receive");
	}
	reason(19, 26, "debug call");
	assert_null(cgm_go_wait_reason(of(19, EM_X86_64), 27));
	reason(20, 21, "sync.Mutex.Lock");
	reason(20, 31, "stopping the world");
	assert_null(cgm_go_wait_reason(of(21, EM_X86_64), 32));
	reason(22, 36, "coroutine");
	reason(23, 37, "GC weak to strong wait");
	assert_null(cgm_go_wait_reason(of(23, EM_X86_64), 38));
	reason(24, 24, "sync.WaitGroup.Wait");
	reason(24, 43, "select (synctest)");
	reason(25, 18, "GOMAXPROCS updater (idle)");
	reason(25, 14, "chan receive");
	reason(26, 13, "semacquire");
	reason(26, 19, "chan receive");
	reason(26, 24, "sync.RWMutex.Lock");
	reason(27, 46, "cleanup wait");
	assert_null(cgm_go_wait_reason(of(27, EM_X86_64), 47));
	assert_null(cgm_go_wait_reason(of(27, EM_X86_64), UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
