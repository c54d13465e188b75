/* SPDX-License-Identifier: Apache-2.0 */
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/dl.h"

#include "base/banned.h"

/* Code that was written to when it was loaded would be lost. */
static bool has_text_relocations(const struct dl_phdr_info *o)
{
	for (ElfW(Half) i = 0; i < o->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &o->dlpi_phdr[i];
		const ElfW(Dyn) * d;

		if (p->p_type != PT_DYNAMIC)
			continue;
		for (d = (const ElfW(Dyn) *)(o->dlpi_addr + p->p_vaddr); d->d_tag != DT_NULL; d++)
			if (d->d_tag == DT_TEXTREL ||
			    (d->d_tag == DT_FLAGS && d->d_un.d_val & DF_TEXTREL))
				return true;
	}
	return false;
}

static int rest_object(struct dl_phdr_info *o, size_t size, void *arg)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)arg;
	if (strncmp(o->dlpi_name, "linux-", 6) == 0 || has_text_relocations(o))
		return 0;
	for (ElfW(Half) i = 0; i < o->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &o->dlpi_phdr[i];
		const size_t from = (o->dlpi_addr + p->p_vaddr) & ~(page - 1);
		const size_t to = o->dlpi_addr + p->p_vaddr + p->p_filesz;

		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) && to > from)
			(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void cgm_dl_rest(void)
{
	(void)dl_iterate_phdr(rest_object, NULL);
}
