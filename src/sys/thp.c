/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/thp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/readfile.h"
#include "sys/process.h"
#include "sys/smaps.h"

#include "base/banned.h"

#define HUGE_PAGE	((uint64_t)2 << 20) /* PMD size of amd64, and of arm64 with 4 KiB pages */
#define SMALL_PAGE	((uint64_t)4096)
#define SAMPLES_MAX	1024
#define SMAPS_CAP	((size_t)16 << 20)
#define PAGEMAP_PRESENT ((uint64_t)1 << 63) /* Documentation/admin-guide/mm/pagemap.rst */

struct sampler {
	int mem, pagemap;
	uint64_t step; /* one small page in so many bytes of huge pages */
	unsigned seen, zero;
};

static bool present(const struct sampler *s, uint64_t address)
{
	uint64_t entry;

	return pread(s->pagemap, &entry, sizeof entry,
		     (off_t)(address / SMALL_PAGE * sizeof entry)) == sizeof entry &&
	       (entry & PAGEMAP_PRESENT);
}

static void look_at(struct sampler *s, uint64_t address)
{
	static const char zeros[SMALL_PAGE];
	char page[SMALL_PAGE];

	if (s->seen >= SAMPLES_MAX || !present(s, address) ||
	    pread(s->mem, page, sizeof page, (off_t)address) != sizeof page)
		return;
	s->seen++;
	s->zero += memcmp(page, zeros, sizeof page) == 0;
}

/* Mappings that consist of huge pages almost wholly: in others a sample could hit small pages. */
static int sample_mapping(const struct cgm_mapping *m, void *arg)
{
	struct sampler *s = arg;
	uint64_t first = (m->start + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;

	if (!m->anon_huge || m->anon_huge + HUGE_PAGE < m->rss)
		return 0;
	for (uint64_t at = first; at + HUGE_PAGE <= m->end && s->seen < SAMPLES_MAX; at += s->step)
		look_at(s, at);
	return 0;
}

int cgm_thp_sample(const struct cgm_root *root, struct cgm_process *p)
{
	CGM_AUTO_CLOSE int dir = cgm_proc_open(root, p->pid);
	CGM_AUTO_CLOSE int mem = dir < 0 ? -1 : openat(dir, "mem", O_RDONLY | O_CLOEXEC);
	CGM_AUTO_CLOSE int pagemap = dir < 0 ? -1 : openat(dir, "pagemap", O_RDONLY | O_CLOEXEC);
	struct sampler s = {.mem = mem, .pagemap = pagemap};
	CGM_AUTO_BUF struct cgm_buf text = {0};
	int r;

	if (dir < 0)
		return dir;
	if (mem < 0 || pagemap < 0)
		return -EACCES;
	r = cgm_readat(dir, "smaps", &text, SMAPS_CAP);
	if (r < 0)
		return r;
	/* An odd number of small pages, so that the samples fall on all places of a huge page. */
	s.step = (p->thp.v / SAMPLES_MAX / SMALL_PAGE | 1) * SMALL_PAGE;
	if (s.step < 15 * SMALL_PAGE)
		s.step = 15 * SMALL_PAGE;
	r = cgm_smaps_parse(text.data, text.len, sample_mapping, &s);
	if (r < 0 || s.seen < 32)
		return r;
	p->thp_zero.v = p->thp.v / s.seen * s.zero;
	p->thp_zero.known = true;
	return 0;
}
