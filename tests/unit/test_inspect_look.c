/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker says of Go programs that it cannot read, made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "collect/inspect.h"
#include "collect/inspect_job.h"
#include "go_pclntab.h"

#define MIB	   ((size_t)1 << 20)
#define PAGE	   4096u
#define PROGRAMS   2
#define IS_PRESENT (UINT64_C(1) << 63)

/* Programs that are the same but for what is set in them. */
struct programs {
	struct cgm_inspect_job job;
	struct cgm_inspect_target targets[PROGRAMS];
	bool mem_denied[PROGRAMS];
	uint16_t machine;
};

static int file_of(const void *data, size_t len, off_t at)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	return fd >= 0 && pwrite(fd, data, len, at) == (ssize_t)len ? fd : -1;
}

/* Memory with the program's file in it. */
static void open_memory(const struct elf_file *f, struct cgm_inspect_files *to)
{
	uint64_t present[ELF_SIZE / PAGE], auxv[4] = {AT_ENTRY, ELF_BASE + ELF_TEXT + 0x40};

	for (size_t i = 0; i < ELF_SIZE / PAGE; i++)
		present[i] = IS_PRESENT;
	to->mem = file_of(f->b, sizeof f->b, ELF_BASE);
	to->pagemap = file_of(present, sizeof present, ELF_BASE / PAGE * sizeof *present);
	to->auxv = file_of(auxv, sizeof auxv, 0);
}

/* In place of cgm_inspect_open(). */
static int open_programs(void *arg)
{
	static const char smaps[] = "c000000000-c000400000 rw-p 00000000 00:00 0 \n"
				    "Rss:                4096 kB\n"
				    "Anonymous:          4096 kB\n";
	struct programs *p = arg;
	struct elf_file f;

	elf_new(&f);
	pcln_new(&f, 22, 0);
	put16(f.b + offsetof(Elf64_Ehdr, e_machine), p->machine);
	p->job.exes = calloc(1, sizeof *p->job.exes);
	p->job.files = calloc(PROGRAMS, sizeof *p->job.files);
	if (!p->job.exes || !p->job.files)
		return -ENOMEM;
	p->job.n_exes = 1;
	p->job.exes[0].fd = elf_open(&f, sizeof f.b);
	for (size_t i = 0; i < PROGRAMS; i++) {
		struct cgm_inspect_files *to = &p->job.files[i];

		*to = (struct cgm_inspect_files){.stat = -ENOENT, .hsperf = -ENOENT};
		open_memory(&f, to);
		if (p->mem_denied[i])
			to->mem = -EACCES;
		to->smaps = file_of(smaps, sizeof smaps - 1, 0);
	}
	return 0;
}

static int look(void *arg, struct cgm_worker_answer *to)
{
	struct programs *p = arg;

	return cgm_inspect_look(&p->job, to);
}

static struct cgm_wire_answer answer_of(struct programs *p)
{
	const struct cgm_worker w = {.calls = CGM_WORKER_READ,
				     .open = open_programs,
				     .parse = look,
				     .arg = p,
				     .deadline_ms = 60000,
				     .memory_cap = 64 * MIB,
				     .answer_cap = MIB};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a;

	assert_int_equal(cgm_go_image_prepare(NULL), 0);
	assert_int_equal(cgm_go_profile_prepare(), 0);
	p->job.targets = p->targets;
	p->job.n = PROGRAMS;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_int_equal(cgm_wire_read(b.data, b.len, PROGRAMS, &a), 0);
	assert_true(a.done);
	assert_int_equal(a.n_go, PROGRAMS);
	return a;
}

/* 0: that step had no trouble with program @index. */
static unsigned trouble(const struct cgm_wire_answer *a, uint32_t index, enum cgm_inspect_step step)
{
	for (size_t i = 0; i < a->n_troubles; i++)
		if (a->troubles[i].index == index && a->troubles[i].step == step)
			return a->troubles[i].code;
	return 0;
}

/* Nobody else's is written in its place. */
static void a_profile_is_the_first_programs(void **state)
{
	for (int denied = 0; denied < 2; denied++) {
		struct programs p = {
			.job = {.want = CGM_INSPECT_STATS, .profile = CGM_PROFILE_GOROUTINE},
			.targets = {{.memory = true}, {.memory = true}},
			.mem_denied = {denied},
			.machine = EM_X86_64};
		struct cgm_wire_answer a = answer_of(&p);

		(void)state;
		assert_int_equal(trouble(&a, 0, CGM_STEP_MEM), denied ? EACCES : 0);
		/* that it was tried: there are no goroutines */
		assert_int_equal(trouble(&a, 0, CGM_STEP_PROFILE), denied ? 0 : ENOENT);
		assert_int_equal(trouble(&a, 1, CGM_STEP_MEM), 0);
		assert_int_equal(trouble(&a, 1, CGM_STEP_PROFILE), 0);
		cgm_wire_answer_clear(&a);
	}
}

/* Its arenas have another form, and its auxv words of another size. */
static void another_machines_program_is_not_split(void **state)
{
	static const uint16_t machines[] = {EM_X86_64, EM_386};

	for (int other = 0; other < 2; other++) {
		struct programs p = {.job = {.want = CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT},
				     .targets = {{.memory = true, .mappings = true}},
				     .machine = machines[other]};
		struct cgm_wire_answer a = answer_of(&p);

		(void)state;
		assert_int_equal(trouble(&a, 0, CGM_STEP_MEM), other ? EOPNOTSUPP : 0);
		assert_int_equal(trouble(&a, 0, CGM_STEP_SMAPS), 0);
		assert_int_equal(a.go[0].go.resident.known, !other);
		cgm_wire_answer_clear(&a);
	}
}

static void whose_memory_is_left_out_is_told(void **state)
{
	struct programs p = {.job = {.want = CGM_INSPECT_STATS},
			     .targets = {{.memory = true}},
			     .machine = EM_X86_64};
	struct cgm_wire_answer a = answer_of(&p);

	(void)state;
	assert_int_equal(trouble(&a, 0, CGM_STEP_MEM), 0);
	assert_int_equal(trouble(&a, 1, CGM_STEP_MEM), E2BIG);
	cgm_wire_answer_clear(&a);
	/* nothing is left out where nothing is wanted of it */
	p.job.want = 0;
	a = answer_of(&p);
	assert_int_equal(a.n_troubles, 0);
	cgm_wire_answer_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_is_the_first_programs),
		cmocka_unit_test(another_machines_program_is_not_split),
		cmocka_unit_test(whose_memory_is_left_out_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
