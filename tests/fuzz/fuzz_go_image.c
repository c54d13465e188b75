/* SPDX-License-Identifier: Apache-2.0 */
/* An ELF file of somebody's making: what it is, and what its function table says. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "golang/functab.h"
#include "golang/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void look_up(int fd, const struct cgm_go_image *m)
{
	struct cgm_functab *t = NULL;
	struct cgm_func_line v[CGM_INLINE_MAX];

	if (cgm_functab_open(fd, m, NULL, &t))
		return;
	for (uint64_t at = 0; at < 0x200; at += 0x13) {
		size_t n = cgm_functab_lines(t, m->text.start + at, v);

		check(n <= CGM_INLINE_MAX);
		for (size_t i = 0; i < n; i++)
			check(strlen(v[i].function) + strlen(v[i].file) < SIZE_MAX);
		(void)cgm_functab_name(t, m->text.start + at);
	}
	(void)cgm_functab_has(t, "main.main");
	cgm_functab_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct cgm_go_image m = {0};
	uint64_t bias;
	int r;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	check(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	r = cgm_go_image_read(fd, &m);
	check(r <= 0);
	if (r)
		return 0;
	check(strlen(m.version) < sizeof m.version);
	for (const char *c = m.version; *c; c++)
		check(*c > 0x20 && *c < 0x7f);
	check(m.build_id_len > 0 && m.build_id_len <= CGM_GO_BUILD_ID_MAX);
	(void)cgm_go_bias(&m, data, size, &bias);
	look_up(fd, &m);
	return 0;
}
