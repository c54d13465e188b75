/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/readfile.h"
#include "sys/keyed.h"

#include "base/banned.h"

#define ROOT_DIR    "/var/cache/cgmem"
#define FILE_NAME   "places"
#define HEADING	    "cgmem places 1"
#define ENTRIES_MAX 512
#define FILE_CAP    ((size_t)256 << 10) /* 512 lines of at most 200 bytes and room to spare */

struct entry {
	uint8_t build_id[CGM_GO_BUILD_ID_MAX];
	size_t len;
	struct cgm_go_place place;
};

/* Most recently used first. */
struct cgm_places {
	char *dir; /* NULL: nothing is kept */
	struct entry *v;
	size_t n;
	bool changed;
};

/* ---- the text ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_id(struct cgm_span s, struct entry *e)
{
	if (!s.len || s.len % 2 || s.len / 2 > sizeof e->build_id)
		return false;
	for (size_t i = 0; i < s.len; i += 2) {
		int high = hex_digit(s.s[i]), low = hex_digit(s.s[i + 1]);

		if (high < 0 || low < 0)
			return false;
		e->build_id[i / 2] = (uint8_t)(high << 4 | low);
	}
	e->len = s.len / 2;
	return true;
}

/* "ID gc_controller memstats allgs mbuckets", all in hexadecimal. */
static bool parse_line(struct cgm_span line, struct entry *e)
{
	uint64_t *const to[] = {&e->place.gc_controller, &e->place.memstats, &e->place.allgs,
				&e->place.mbuckets};

	*e = (struct entry){0};
	if (!parse_id(cgm_span_part(&line, ' '), e))
		return false;
	for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
		struct cgm_span number = cgm_span_part(&line, ' ');

		if (cgm_parse_hex(number.s, number.len, to[i]) < 0)
			return false;
	}
	return line.len == 0;
}

/* Lines that are none of ours are passed over; the rest is of use all the same. */
static void parse(struct cgm_places *p, const char *text, size_t len)
{
	struct cgm_span all = {text, len}, line;

	if (!cgm_span_line(&all, &line) || !cgm_span_is(line, HEADING))
		return;
	while (p->n < ENTRIES_MAX && cgm_span_line(&all, &line))
		if (parse_line(line, &p->v[p->n]))
			p->n++;
}

static void write_text(const struct cgm_places *p, struct cgm_buf *b)
{
	cgm_buf_adds(b, HEADING "\n");
	for (size_t i = 0; i < p->n; i++) {
		const struct entry *e = &p->v[i];

		for (size_t k = 0; k < e->len; k++)
			cgm_buf_addf(b, "%02x", e->build_id[k]);
		cgm_buf_addf(b, " %jx %jx %jx %jx\n", (uintmax_t)e->place.gc_controller,
			     (uintmax_t)e->place.memstats, (uintmax_t)e->place.allgs,
			     (uintmax_t)e->place.mbuckets);
	}
}

/* ---- the file ---- */

/* Nobody else can have written it, or put it there. */
static bool is_ours(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_dir(const char *dir)
{
	CGM_AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return is_ours(fd, S_IFDIR) ? cgm_take_fd(&fd) : -EPERM;
}

static void read_file(struct cgm_places *p)
{
	CGM_AUTO_CLOSE int dir = open_dir(p->dir);
	CGM_AUTO_CLOSE int fd = -1;
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (dir < 0)
		return;
	fd = openat(dir, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && is_ours(fd, S_IFREG) && cgm_pread_all(fd, &b, FILE_CAP) == 0)
		parse(p, cgm_buf_str(&b), b.len);
}

static bool write_all(int fd, const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

/* The directory, and its parent ($HOME/.cache) where that is missing too. */
static void make_dirs(const char *dir)
{
	size_t up = cgm_path_parent_len(dir);
	CGM_AUTO_FREE char *parent = strndup(dir, up);

	if (mkdir(dir, 0700) == 0 || errno != ENOENT || !parent)
		return;
	if (mkdir(parent, 0700) == 0)
		(void)mkdir(dir, 0700);
}

/* Beside it and renamed: who reads at this moment gets the old one or the new one. */
static void write_file(const struct cgm_places *p)
{
	CGM_AUTO_CLOSE int dir = -1;
	CGM_AUTO_CLOSE int fd = -1;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char name[64];

	make_dirs(p->dir);
	dir = open_dir(p->dir);
	write_text(p, &b);
	if (dir < 0 || b.failed)
		return;
	(void)snprintf(name, sizeof name, "." FILE_NAME ".%ld", (long)getpid());
	(void)unlinkat(dir, name, 0); /* of a process that had this number and was killed */
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (!write_all(fd, cgm_buf_str(&b), b.len) || renameat(dir, name, dir, FILE_NAME) < 0)
		(void)unlinkat(dir, name, 0);
}

/* ---- the list ---- */

/* $XDG_CACHE_HOME is used when it is absolute (XDG Base Directory Specification). NULL: none. */
static char *own_dir(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	CGM_AUTO_FREE char *below_home = NULL;

	if (geteuid() == 0)
		return strdup(ROOT_DIR);
	if (!cache || *cache != '/') {
		if (!home || *home != '/')
			return NULL;
		below_home = cgm_path_join(home, "/.cache");
		cache = below_home;
	}
	return cache ? cgm_path_join(cache, "/cgmem") : NULL;
}

int cgm_places_open_in(const char *dir, struct cgm_places **ret)
{
	struct cgm_places *p = calloc(1, sizeof *p);

	/* One more than stays, so that there is room for what is put in front. */
	if (!p || !(p->v = calloc(ENTRIES_MAX + 1, sizeof *p->v)) ||
	    (dir && !(p->dir = strdup(dir)))) {
		cgm_places_close(p);
		return -ENOMEM;
	}
	if (p->dir)
		read_file(p);
	*ret = p;
	return 0;
}

int cgm_places_open(struct cgm_places **ret)
{
	CGM_AUTO_FREE char *dir = own_dir();

	return cgm_places_open_in(dir, ret);
}

void cgm_places_close(struct cgm_places *p)
{
	if (!p)
		return;
	if (p->changed && p->dir)
		write_file(p);
	free(p->dir);
	free(p->v);
	free(p);
}

static size_t index_of(const struct cgm_places *p, const uint8_t *build_id, size_t len)
{
	size_t i = 0;

	while (i < p->n && (p->v[i].len != len || memcmp(p->v[i].build_id, build_id, len) != 0))
		i++;
	return i;
}

int cgm_places_find(const struct cgm_places *p, const uint8_t *build_id, size_t len,
		    struct cgm_go_place *ret)
{
	size_t i = index_of(p, build_id, len);

	if (i == p->n)
		return -ENOENT;
	*ret = p->v[i].place;
	return 0;
}

int cgm_places_put(struct cgm_places *p, const uint8_t *build_id, size_t len,
		   const struct cgm_go_place *place)
{
	size_t i = index_of(p, build_id, len);
	struct entry e = {.len = len, .place = *place};

	if (!len || len > sizeof e.build_id)
		return 0;
	memcpy(e.build_id, build_id, len);
	p->changed = p->changed || i == p->n || memcmp(&p->v[i].place, place, sizeof *place) != 0;
	memmove(p->v + 1, p->v, i * sizeof e);
	p->v[0] = e;
	if (i == p->n && p->n < ENTRIES_MAX)
		p->n++;
	return 0;
}
