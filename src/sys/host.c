/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/host.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/readfile.h"
#include "sys/keyed.h"
#include "base/banned.h"

#define CPUS_MAX 65536 /* far above any NR_CPUS; a list beyond it is no list */

#define AT(field) offsetof(struct cgm_host, field)

static const struct cgm_keyed_field meminfo_fields[] = {
	{"MemTotal", AT(mem_total), true},
	{"MemFree", AT(mem_free), true},
	{"MemAvailable", AT(mem_available), true},
	{"Buffers", AT(buffers), true},
	{"Cached", AT(cached), true},
	{"SwapCached", AT(swap_cached), true},
	{"Unevictable", AT(unevictable), true},
	{"SwapTotal", AT(swap_total), true},
	{"SwapFree", AT(swap_free), true},
	{"Zswap", AT(zswap), true},
	{"Dirty", AT(dirty), true},
	{"AnonPages", AT(anon), true},
	{"Mapped", AT(mapped), true},
	{"Shmem", AT(shmem), true},
	{"SReclaimable", AT(slab_reclaimable), true},
	{"SUnreclaim", AT(slab_unreclaimable), true},
	{"KernelStack", AT(kernel_stack), true},
	{"PageTables", AT(page_tables), true},
	{"SecPageTables", AT(sec_page_tables), true},
	{"VmallocUsed", AT(vmalloc_used), true},
	{"Percpu", AT(percpu), true},
	{"Hugetlb", AT(hugetlb), true},
};

void cgm_meminfo_parse(const char *text, size_t len, struct cgm_host *h)
{
	const size_t n = sizeof meminfo_fields / sizeof *meminfo_fields;
	struct cgm_span all = {text, len}, line, key, value;

	while (cgm_span_line(&all, &line)) {
		if (cgm_keyed_split(line, &key, &value))
			cgm_keyed_fill(meminfo_fields, n, h, key, value);
	}
}

unsigned cgm_cpulist_count(const char *text, size_t len)
{
	struct cgm_span all = {text, len};
	uint64_t count = 0, first, last;

	if (all.len && all.s[all.len - 1] == '\n')
		all.len--;
	while (all.len) {
		struct cgm_span part = cgm_span_part(&all, ',');
		struct cgm_span low = cgm_span_part(&part, '-');

		if (!part.len)
			part = low;
		if (cgm_parse_max(low.s, low.len, CPUS_MAX - 1, &first) < 0 ||
		    cgm_parse_max(part.s, part.len, CPUS_MAX - 1, &last) < 0 || last < first)
			return 0;
		count += last - first + 1;
		if (count > CPUS_MAX)
			return 0;
	}
	return (unsigned)count;
}

static void cmdline_word(struct cgm_span word, struct cgm_host *h)
{
	struct cgm_span key = cgm_span_part(&word, '=');
	bool memory = cgm_span_is(key, "cgroup.memory");

	if (!memory && !cgm_span_is(key, "cgroup_disable"))
		return;
	while (word.len) {
		struct cgm_span value = cgm_span_part(&word, ',');

		if (memory && cgm_span_is(value, "nokmem"))
			h->nokmem = true;
		else if (memory && cgm_span_is(value, "nosocket"))
			h->nosocket = true;
		else if (!memory && cgm_span_is(value, "memory"))
			h->memory_disabled = true;
	}
}

void cgm_cmdline_parse(const char *text, size_t len, struct cgm_host *h)
{
	struct cgm_span all = {text, len};

	if (all.len && all.s[all.len - 1] == '\n')
		all.len--;
	while (all.len) {
		struct cgm_span word = cgm_span_part(&all, ' ');

		if (cgm_span_is(word, "--")) /* the rest is for init */
			return;
		cmdline_word(word, h);
	}
}

void cgm_sockstat_parse(const char *text, size_t len, struct cgm_host *h)
{
	struct cgm_span all = {text, len}, line, key, value;
	uint64_t sum = 0, pages;
	bool any = false;

	while (cgm_span_line(&all, &line)) {
		if (!cgm_keyed_split(line, &key, &value) ||
		    (!cgm_span_is(key, "TCP") && !cgm_span_is(key, "UDP")))
			continue;
		while (value.len) {
			struct cgm_span name = cgm_span_part(&value, ' ');
			struct cgm_span number = cgm_span_part(&value, ' ');

			if (!cgm_span_is(name, "mem") ||
			    cgm_parse_max(number.s, number.len, UINT32_MAX, &pages) < 0)
				continue;
			sum += pages;
			any = true;
		}
	}
	if (any)
		h->sockets = (struct cgm_opt){.v = sum * h->page_size, .known = true};
}

/* Online CPUs by the lines "cpu0 ...", and the time of boot. */
static void stat_parse(const char *text, size_t len, struct cgm_host *h)
{
	struct cgm_span all = {text, len}, line;
	unsigned cpus = 0;

	while (cgm_span_line(&all, &line)) {
		struct cgm_span key = cgm_span_part(&line, ' ');

		if (cgm_span_is(key, "btime"))
			(void)cgm_parse_max(line.s, line.len, INT64_MAX / 2, &h->boot_time);
		else if (key.len > 3 && !memcmp(key.s, "cpu", 3))
			cpus++;
	}
	if (!h->ncpu)
		h->ncpu = cpus;
}

static void release_parse(const char *text, size_t len, struct cgm_host *h)
{
	struct cgm_span all = {text, len}, line, major;
	uint64_t a, b;
	size_t digits = 0;

	if (!cgm_span_line(&all, &line) || line.len >= sizeof h->kernel)
		return;
	memcpy(h->kernel, line.s, line.len);
	h->kernel[line.len] = '\0';
	major = cgm_span_part(&line, '.');
	while (digits < line.len && line.s[digits] >= '0' && line.s[digits] <= '9')
		digits++;
	if (cgm_parse_max(major.s, major.len, UINT_MAX, &a) < 0 ||
	    cgm_parse_max(line.s, digits, UINT_MAX, &b) < 0)
		return;
	h->kernel_major = (unsigned)a;
	h->kernel_minor = (unsigned)b;
}

/* "always [madvise] never" */
static void thp_parse(const char *text, size_t len, struct cgm_host *h)
{
	struct cgm_span all = {text, len};

	cgm_span_part(&all, '[');
	if (!all.len || !memchr(all.s, ']', all.len))
		return;
	all = cgm_span_part(&all, ']');
	if (all.len >= sizeof h->thp)
		return;
	memcpy(h->thp, all.s, all.len);
	h->thp[all.len] = '\0';
}

/* A bit mask such as "0x0007" (Documentation/admin-guide/mm/multigen_lru.rst); bit 0 is the switch.
 */
static void mglru_parse(const char *text, size_t len, struct cgm_host *h)
{
	uint64_t mask;

	if (len && text[len - 1] == '\n')
		len--;
	if (len > 2 && !memcmp(text, "0x", 2) && cgm_parse_hex(text + 2, len - 2, &mask) == 0)
		h->mglru = mask & 1;
}

static void cpulist_parse(const char *text, size_t len, struct cgm_host *h)
{
	h->ncpu = cgm_cpulist_count(text, len);
}

static void uptime_parse(const char *text, size_t len, struct cgm_host *h)
{
	const char *point = len ? memchr(text, '.', len) : NULL;
	uint64_t up;

	if (!point || !h->boot_time)
		return;
	if (cgm_parse_max(text, (size_t)(point - text), INT64_MAX / 2, &up) == 0)
		h->clock = (int64_t)(h->boot_time + up);
}

/* In this order: stat counts CPUs where the list is missing, uptime needs the time of boot. */
static const struct {
	const char *path;
	void (*parse)(const char *text, size_t len, struct cgm_host *h);
} files[] = {
	{"proc/meminfo", cgm_meminfo_parse},
	{"proc/cmdline", cgm_cmdline_parse},
	{"sys/devices/system/cpu/online", cpulist_parse},
	{"proc/stat", stat_parse},
	{"proc/uptime", uptime_parse},
	{"proc/sys/kernel/osrelease", release_parse},
	{"proc/net/sockstat", cgm_sockstat_parse},
	{"sys/kernel/mm/transparent_hugepage/enabled", thp_parse},
	{"sys/kernel/mm/lru_gen/enabled", mglru_parse},
};

int cgm_host_read(const struct cgm_root *root, struct cgm_host *ret)
{
	struct cgm_host h = {.page_size = (uint64_t)sysconf(_SC_PAGESIZE)};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		int r = cgm_root_read(root, files[i].path, &b, CGM_READ_CAP);

		if (r == -ENOMEM)
			return r;
		if (r == 0)
			files[i].parse(cgm_buf_str(&b), b.len, &h);
	}
	if (cgm_root_is_live(root))
		h.clock = (int64_t)time(NULL);
	*ret = h;
	return 0;
}

int cgm_host_mem_total(const struct cgm_root *root, uint64_t *ret_bytes)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_host h = {0};
	int r = cgm_root_read(root, "proc/meminfo", &b, CGM_READ_CAP);

	if (r < 0)
		return r;
	cgm_meminfo_parse(cgm_buf_str(&b), b.len, &h);
	if (!h.mem_total.known)
		return -ENODATA;
	*ret_bytes = h.mem_total.v;
	return 0;
}
