/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/names.h"

#include <string.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/banned.h"

#define NAME_MAX_ 4096

/* src/runtime/symtab.go, funcNameForPrint: from the first to the last bracket. */
static void add_shortened(struct cgm_buf *b, const char *name)
{
	size_t len = strnlen(name, NAME_MAX_);
	const char *open = memchr(name, '[', len), *close = memrchr(name, ']', len);

	if (!open || !close || close <= open) {
		cgm_escape_name(b, name, len, false);
		return;
	}
	cgm_escape_name(b, name, (size_t)(open - name), false);
	cgm_buf_adds(b, "[...]");
	cgm_escape_name(b, close + 1, (size_t)(name + len - close - 1), false);
}

void cgm_go_name(char ret[CGM_GO_FUNCTION_MAX], const char *name)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t len, skip = 0;

	add_shortened(&b, name ? name : "");
	len = b.failed ? 0 : b.len;
	if (len >= CGM_GO_FUNCTION_MAX) {
		skip = len - (CGM_GO_FUNCTION_MAX - 1 - 3);
		while (skip < len && ((unsigned char)b.data[skip] & 0xc0) == 0x80)
			skip++; /* not inside a character */
		memcpy(ret, "...", 3);
		ret += 3;
	}
	memcpy(ret, cgm_buf_str(&b) + skip, len - skip);
	ret[len - skip] = '\0';
}

/* src/runtime/pprof/protomem.go, writeHeapProto. */
bool cgm_go_name_hidden(const char *name)
{
	return !strncmp(name, "runtime.", 8) || !strncmp(name, "internal/runtime/", 17);
}
