/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sample/snapshot.h"
#include "sample/values.h"

static enum cgm_layout layout_of(enum cgm_file f, int version)
{
	return version == 1 ? cgm_files[f].v1.layout : cgm_files[f].v2.layout;
}

static const char *name_of(enum cgm_file f, int version)
{
	return version == 1 ? cgm_files[f].v1.name : cgm_files[f].v2.name;
}

static void every_row_is_in_its_place(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		const char *name = cgm_values[i].name;

		assert_int_equal(cgm_values[i].id, i);
		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
				 strlen(name));
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(name, cgm_values[k].name);
	}
	for (unsigned i = 0; i < CGM_FILE_COUNT; i++)
		assert_int_equal(cgm_files[i].file, i);
}

/* A value has a key just where its file has keys, and that file exists in its version. */
static void places_fit_their_files(void **state)
{
	(void)state;
	for (int version = 1; version <= 2; version++) {
		for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
			const struct cgm_place *p = cgm_value_place(i, version);
			enum cgm_layout layout;

			if (p->file == CGM_FILE_COUNT) {
				assert_null(p->key);
				continue;
			}
			layout = layout_of(p->file, version);
			assert_int_not_equal(layout, CGM_LAYOUT_NONE);
			assert_int_equal(p->key != NULL,
					 layout == CGM_LAYOUT_KEYED || layout == CGM_LAYOUT_PSI);
			for (unsigned k = 0; k < i; k++) {
				const struct cgm_place *q = cgm_value_place(k, version);

				if (q->file != p->file)
					continue;
				assert_non_null(p->key);
				assert_string_not_equal(p->key, q->key);
			}
		}
	}
}

static void every_file_has_a_value(void **state)
{
	(void)state;
	for (int version = 1; version <= 2; version++) {
		uint32_t seen = 0;

		for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
			enum cgm_value_id id = i;

			seen |= cgm_files_for(&id, 1, version);
		}
		for (unsigned f = 0; f < CGM_FILE_COUNT; f++) {
			bool is_there = layout_of(f, version) != CGM_LAYOUT_NONE;

			assert_int_equal(is_there, name_of(f, version) != NULL);
			assert_int_equal(is_there, (seen & CGM_FILE_BIT(f)) != 0);
		}
	}
}

static void check_key(enum cgm_value_id id, int version, enum cgm_file file, const char *key)
{
	const struct cgm_place *p = cgm_value_place(id, version);

	assert_int_equal(p->file, file);
	if (key)
		assert_string_equal(p->key, key);
	else
		assert_null(p->key);
}

/* The ones that a slip would make wrong without anything else noticing. */
static void keys_by_version(void **state)
{
	(void)state;
	check_key(CGM_ANON, 1, CGM_FILE_STAT, "total_rss");
	check_key(CGM_ANON, 2, CGM_FILE_STAT, "anon");
	check_key(CGM_FILE_CACHE, 1, CGM_FILE_STAT, "total_cache");
	check_key(CGM_FILE_CACHE, 2, CGM_FILE_STAT, "file");
	check_key(CGM_INACTIVE_FILE, 1, CGM_FILE_STAT, "total_inactive_file");
	check_key(CGM_LOCAL_INACTIVE_FILE, 1, CGM_FILE_STAT, "inactive_file");
	check_key(CGM_LOCAL_CACHE, 1, CGM_FILE_STAT, "cache");
	check_key(CGM_LOCAL_ANON, 1, CGM_FILE_STAT, "rss");
	check_key(CGM_SWAP, 1, CGM_FILE_STAT, "total_swap");
	check_key(CGM_SWAP, 2, CGM_FILE_SWAP, NULL);
	check_key(CGM_KERNEL, 1, CGM_FILE_KMEM, NULL);
	check_key(CGM_KERNEL, 2, CGM_FILE_STAT, "kernel");
	check_key(CGM_FAILCNT, 1, CGM_FILE_FAILCNT, NULL);
	check_key(CGM_FAILCNT, 2, CGM_FILE_EVENTS, "max");
	check_key(CGM_MEMSW_FAILCNT, 1, CGM_FILE_MEMSW_FAILCNT, NULL);
	check_key(CGM_OOM_KILLS, 1, CGM_FILE_EVENTS, "oom_kill");
	check_key(CGM_OOM_KILLS, 2, CGM_FILE_EVENTS, "oom_kill");
	check_key(CGM_PSI_SOME_AVG10, 1, CGM_FILE_COUNT, NULL);
	check_key(CGM_PSI_SOME_AVG10, 2, CGM_FILE_PRESSURE, "some avg10");
	assert_string_equal(cgm_value_place(CGM_REFAULT_FILE, 2)->old_key, "workingset_refault");
	assert_null(cgm_value_place(CGM_REFAULT_ANON, 2)->old_key);
	assert_string_equal(name_of(CGM_FILE_CHARGED, 1), "memory.usage_in_bytes");
	assert_string_equal(name_of(CGM_FILE_CHARGED, 2), "memory.current");
}

static void masks(void **state)
{
	static const enum cgm_value_id ids[] = {CGM_CHARGED, CGM_ANON, CGM_SHMEM, CGM_SWAP,
						CGM_HIGH};

	(void)state;
	assert_int_equal(cgm_files_for(ids, 0, 2), 0);
	assert_int_equal(cgm_files_for(ids, 5, 1),
			 CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT));
	assert_int_equal(cgm_files_for(ids, 5, 2),
			 CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT) |
				 CGM_FILE_BIT(CGM_FILE_SWAP) | CGM_FILE_BIT(CGM_FILE_HIGH));
	assert_int_equal(cgm_files_for(ids, 4, 2) | CGM_FILE_BIT(CGM_FILE_HIGH),
			 cgm_files_for(ids, 5, 2));
}

static void states(void **state)
{
	struct cgm_sample s = {0};

	(void)state;
	s.v[CGM_ANON] = 5;
	assert_false(cgm_has(&s, CGM_ANON));
	assert_int_equal(cgm_get(&s, CGM_ANON), 0);
	cgm_set(&s, CGM_ANON, 7);
	assert_true(cgm_has(&s, CGM_ANON));
	assert_int_equal(cgm_get(&s, CGM_ANON), 7);
	s.state[CGM_ANON] = CGM_ESTIMATED;
	assert_int_equal(cgm_get(&s, CGM_ANON), 7);
	s.state[CGM_ANON] = CGM_UNLIMITED;
	assert_false(cgm_has(&s, CGM_ANON));
	s.state[CGM_ANON] = CGM_DENIED;
	assert_int_equal(cgm_get(&s, CGM_ANON), 0);
}

static void *filled(size_t size)
{
	void *p = calloc(1, size);

	assert_non_null(p);
	return p;
}

/* Under the address sanitizer this is what finds a field that is not freed, or freed twice. */
static void snapshot_is_freed_whole(void **state)
{
	struct cgm_snapshot s = {0}, zero = {0};
	struct cgm_target *t = &s.target;
	char **texts[] = {&t->id,	   &t->name,	      &t->image,   &t->engine,
			  &t->state,	   &t->project,	      &t->service, &t->started_at,
			  &t->finished_at, &t->cgroup_parent, &s.path};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_non_null(*texts[i] = strdup("text"));
	t->labels = filled(2 * sizeof *t->labels);
	t->n_labels = 2;
	t->labels[0].key = strdup("k");
	t->labels[0].value = strdup("v");
	s.levels = filled(sizeof *s.levels);
	s.n_levels = 1;
	s.levels[0].path = strdup("/");
	s.procs = filled(2 * sizeof *s.procs);
	s.n_procs = 2;
	s.procs[1].subgroup = strdup("/init.scope");
	s.holders = filled(sizeof *s.holders);
	s.n_holders = 1;
	s.holders[0].name = strdup("/dev/shm");
	assert_int_equal(cgm_unreadable_add(&s, "a", "b", "c"), 0);
	assert_int_equal(cgm_unreadable_add(&s, "d", "e", ""), 0);
	assert_int_equal(s.n_unreadable, 2);
	assert_string_equal(s.unreadable[0].what, "a");
	assert_string_equal(s.unreadable[0].why, "b");
	assert_string_equal(s.unreadable[0].remedy, "c");
	assert_string_equal(s.unreadable[1].what, "d");
	cgm_snapshot_clear(&s);
	assert_memory_equal(&s, &zero, sizeof s);
	cgm_snapshot_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_in_its_place),
		cmocka_unit_test(places_fit_their_files),
		cmocka_unit_test(every_file_has_a_value),
		cmocka_unit_test(keys_by_version),
		cmocka_unit_test(masks),
		cmocka_unit_test(states),
		cmocka_unit_test(snapshot_is_freed_whole),
	};

	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
