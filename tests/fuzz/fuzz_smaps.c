/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/smaps, and smaps_rollup, status and stat, all of the same text. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sys/process.h"
#include "sys/smaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static int see(const struct cgm_mapping *m, void *arg)
{
	size_t *size = arg;

	check(m->end >= m->start);
	check(strlen(m->name) < *size && strlen(m->perms) == 4);
	return m->inode == 13 ? -1 : 0;
}

/* What is shown of a name fits and holds nothing that a terminal acts on. */
static void check_comm(const struct cgm_process *p)
{
	check(strnlen(p->comm, sizeof p->comm) < sizeof p->comm);
	for (const char *c = p->comm; *c; c++)
		check((unsigned char)*c >= 0x20 && *c != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct cgm_process p = {0};
	char *copy = malloc(size + !size);

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	(void)cgm_smaps_parse(copy, size, see, &size);
	free(copy);
	if (cgm_proc_parse_rollup(text, size, &p) == 0)
		check(p.pss.known && p.pss.v % 1024 == 0);
	if (cgm_proc_parse_status(text, size, &p) == 0)
		check(p.pid >= 0 && p.ppid >= 0 && p.ns_pid >= 0);
	check_comm(&p);
	if (cgm_proc_parse_stat(text, size, &p) == 0)
		check(p.pid >= 0 && p.ppid >= 0);
	check_comm(&p);
	return 0;
}
