/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/smaps.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/units.h"
#include "sys/keyed.h"
#include "base/banned.h"

#define CHUNK	   ((size_t)64 << 10)
#define RECORD_CAP ((size_t)1 << 20) /* one mapping's text; names are paths of any depth */

/* Several lines add up to one field: hugetlb is shared and private, clean and dirty are one. */
static const struct {
	const char *key;
	size_t offset;
} fields[] = {
	{"Rss", offsetof(struct cgm_mapping, rss)},
	{"Pss", offsetof(struct cgm_mapping, pss)},
	{"Shared_Clean", offsetof(struct cgm_mapping, shared)},
	{"Shared_Dirty", offsetof(struct cgm_mapping, shared)},
	{"Private_Clean", offsetof(struct cgm_mapping, private_)},
	{"Private_Dirty", offsetof(struct cgm_mapping, private_)},
	{"Anonymous", offsetof(struct cgm_mapping, anonymous)},
	{"LazyFree", offsetof(struct cgm_mapping, lazyfree)},
	{"AnonHugePages", offsetof(struct cgm_mapping, anon_huge)},
	{"ShmemPmdMapped", offsetof(struct cgm_mapping, shmem_pmd)},
	{"Shared_Hugetlb", offsetof(struct cgm_mapping, hugetlb)},
	{"Private_Hugetlb", offsetof(struct cgm_mapping, hugetlb)},
	{"Swap", offsetof(struct cgm_mapping, swap)},
	{"Locked", offsetof(struct cgm_mapping, locked)},
};

/* Headers begin with lower-case hexadecimal digits, all other lines with a capital letter. */
static bool begins_header(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static int parse_hex_span(struct cgm_span s, uint64_t max, uint64_t *ret)
{
	uint64_t v;

	if (cgm_parse_hex(s.s, s.len, &v) < 0 || v > max)
		return -EBADMSG;
	*ret = v;
	return 0;
}

static int parse_perms(struct cgm_span s, char ret[5])
{
	if (s.len != 4)
		return -EBADMSG;
	for (int i = 0; i < 4; i++) {
		if (!strchr("rwxps-", s.s[i]) || !s.s[i])
			return -EBADMSG;
		ret[i] = s.s[i];
	}
	ret[4] = '\0';
	return 0;
}

/* NUL-terminates the name one byte to the left: a blank is there, and the text may end behind. */
static const char *take_name(struct cgm_span rest, char *text)
{
	char *to;

	while (rest.len && *rest.s == ' ') {
		rest.s++;
		rest.len--;
	}
	if (!rest.len)
		return "";
	to = text + (rest.s - text) - 1;
	memmove(to, rest.s, rest.len);
	to[rest.len] = '\0';
	return to;
}

/* "start-end perms offset major:minor inode      name" */
static int parse_header(struct cgm_span line, char *text, struct cgm_mapping *m)
{
	struct cgm_span start = cgm_span_part(&line, '-');
	struct cgm_span end = cgm_span_part(&line, ' ');
	struct cgm_span perms = cgm_span_part(&line, ' ');
	struct cgm_span offset = cgm_span_part(&line, ' ');
	struct cgm_span major = cgm_span_part(&line, ':');
	struct cgm_span minor = cgm_span_part(&line, ' ');
	struct cgm_span inode = cgm_span_part(&line, ' ');
	uint64_t ignored, a, b;

	*m = (struct cgm_mapping){0};
	if (parse_hex_span(start, UINT64_MAX, &m->start) < 0 ||
	    parse_hex_span(end, UINT64_MAX, &m->end) < 0 || m->end < m->start ||
	    parse_perms(perms, m->perms) < 0 || parse_hex_span(offset, UINT64_MAX, &ignored) < 0 ||
	    parse_hex_span(major, UINT_MAX, &a) < 0 || parse_hex_span(minor, UINT_MAX, &b) < 0 ||
	    cgm_parse_u64(inode.s, inode.len, &m->inode) < 0)
		return -EBADMSG;
	m->major = (unsigned)a;
	m->minor = (unsigned)b;
	m->name = take_name(line, text);
	return 0;
}

/* "rd wr mr mw me ac nh": two letters each (fs/proc/task_mmu.c show_smap_vma_flags()). */
static void parse_flags(struct cgm_span flags, struct cgm_mapping *m)
{
	while (flags.len) {
		struct cgm_span flag = cgm_span_part(&flags, ' ');

		m->noreserve = m->noreserve || cgm_span_is(flag, "nr");
		m->nohuge = m->nohuge || cgm_span_is(flag, "nh");
	}
}

static void parse_field(struct cgm_span line, struct cgm_mapping *m)
{
	struct cgm_span key, value;
	uint64_t bytes;

	if (!cgm_keyed_split(line, &key, &value))
		return;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		uint64_t *to = (uint64_t *)(void *)((char *)m + fields[i].offset);

		if (!cgm_span_is(key, fields[i].key))
			continue;
		if (cgm_keyed_kb(value, &bytes) == 0)
			*to = cgm_add_sat(*to, bytes);
		return;
	}
	if (cgm_span_is(key, "VmFlags"))
		parse_flags(value, m);
}

int cgm_smaps_parse(char *text, size_t len, cgm_mapping_fn *fn, void *arg)
{
	struct cgm_span all = {text, len}, line;
	struct cgm_mapping m;
	bool have = false;
	int r = 0;

	while (r >= 0 && cgm_span_line(&all, &line)) {
		if (!line.len)
			continue;
		if (!begins_header(*line.s)) {
			if (!have)
				return -EBADMSG;
			parse_field(line, &m);
			continue;
		}
		if (have)
			r = fn(&m, arg);
		if (r >= 0) {
			r = parse_header(line, text, &m);
			have = r == 0;
		}
	}
	if (r >= 0 && have)
		r = fn(&m, arg);
	return r < 0 ? r : 0;
}

/* Length of what can be parsed now: up to the last mapping, which may go on in the next chunk. */
static size_t whole_mappings(const struct cgm_buf *b)
{
	for (size_t i = b->len; i-- > 1;) {
		if (b->data[i - 1] == '\n' && begins_header(b->data[i]))
			return i;
	}
	return 0;
}

static int read_chunk(int fd, struct cgm_buf *b)
{
	ssize_t n;
	int r = cgm_buf_reserve(b, CHUNK);

	if (r < 0)
		return r;
	do
		n = read(fd, b->data + b->len, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	b->len += (size_t)n;
	return n > 0;
}

int cgm_smaps_read(int fd, cgm_mapping_fn *fn, void *arg)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r;

	while ((r = read_chunk(fd, &b)) > 0) {
		size_t n = whole_mappings(&b);

		r = cgm_smaps_parse(b.data, n, fn, arg);
		if (r < 0)
			return r;
		memmove(b.data, b.data + n, b.len - n);
		b.len -= n;
		if (b.len > RECORD_CAP)
			return -EFBIG;
	}
	return r < 0 ? r : cgm_smaps_parse(b.data, b.len, fn, arg);
}
