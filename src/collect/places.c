/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/path.h"
#include "base/readfile.h"
#include "sys/keyed.h"

#include "base/banned.h"

#define ROOT_DIR    "/var/cache/cgmem"
#define FILE_NAME   "places"
#define HEADING	    "cgmem places 2"
#define ENTRIES_MAX 512
#define VOTES_MAX   3
#define FILE_CAP    ((size_t)256 << 10) /* 512 lines of at most 200 bytes and room to spare */

struct entry {
	struct cgm_place_key key;
	unsigned votes; /* how often it was seen, less how often another was: 1 to VOTES_MAX */
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

/* "KEY votes gc_controller memstats allgs mbuckets", all in hexadecimal; the key has 32 digits. */
static bool parse_line(struct cgm_span line, struct entry *e)
{
	struct cgm_span key = cgm_span_part(&line, ' ');
	uint64_t votes = 0;
	uint64_t *const to[] = {&votes, &e->place.gc_controller, &e->place.memstats,
				&e->place.allgs, &e->place.mbuckets};

	*e = (struct entry){0};
	if (key.len != 32 || cgm_parse_hex(key.s, 16, &e->key.v[0]) < 0 ||
	    cgm_parse_hex(key.s + 16, 16, &e->key.v[1]) < 0)
		return false;
	for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
		struct cgm_span number = cgm_span_part(&line, ' ');

		if (cgm_parse_hex(number.s, number.len, to[i]) < 0)
			return false;
	}
	e->votes = (unsigned)votes;
	return line.len == 0 && votes >= 1 && votes <= VOTES_MAX;
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

		cgm_buf_addf(b, "%016jx%016jx %x %jx %jx %jx %jx\n", (uintmax_t)e->key.v[0],
			     (uintmax_t)e->key.v[1], e->votes, (uintmax_t)e->place.gc_controller,
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

	if (!p || !(p->v = calloc(ENTRIES_MAX, sizeof *p->v)) || (dir && !(p->dir = strdup(dir)))) {
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

struct cgm_place_key cgm_place_key(const struct cgm_go_image *image, uint64_t file_bytes)
{
	const struct cgm_go_range *const ranges[] = {&image->text, &image->zero, &image->bss,
						     &image->noptrbss, &image->data};
	struct cgm_place_key key = {{CGM_DIGEST_START, CGM_DIGEST_START ^ UINT64_MAX}};

	for (size_t i = 0; i < 2; i++) {
		uint64_t h = key.v[i];

		h = cgm_digest(h, image->build_id, image->build_id_len);
		h = cgm_digest(h, image->version, strlen(image->version));
		h = cgm_digest(h, &image->entry, sizeof image->entry);
		h = cgm_digest(h, &file_bytes, sizeof file_bytes);
		for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
			h = cgm_digest(h, ranges[k], sizeof *ranges[k]);
		key.v[i] = h;
	}
	return key;
}

static size_t index_of(const struct cgm_places *p, const struct cgm_place_key *key)
{
	size_t i = 0;

	while (i < p->n && memcmp(&p->v[i].key, key, sizeof *key) != 0)
		i++;
	return i;
}

int cgm_places_find(const struct cgm_places *p, const struct cgm_place_key *key,
		    struct cgm_go_place *ret)
{
	size_t i = index_of(p, key);

	if (i == p->n)
		return -ENOENT;
	*ret = p->v[i].place;
	return 0;
}

static void move_to_front(struct cgm_places *p, size_t i)
{
	const struct entry e = p->v[i];

	memmove(p->v + 1, p->v, i * sizeof e);
	p->v[0] = e;
}

/* Takes one more into a full list: of those that were seen once the last goes, else the last. */
static void make_room(struct cgm_places *p)
{
	size_t i = p->n - 1;

	while (i && p->v[i].votes > 1)
		i--;
	if (p->v[i].votes > 1)
		i = p->n - 1;
	memmove(p->v + i, p->v + i + 1, (p->n - 1 - i) * sizeof *p->v);
	p->n--;
}

/* What is unknown in one of them disagrees with nothing. */
static bool merge(uint64_t *have, uint64_t told, bool *changed)
{
	if (!*have && told) {
		*have = told;
		*changed = true;
	}
	return !told || *have == told;
}

static bool agrees(struct cgm_go_place *have, const struct cgm_go_place *told, bool *changed)
{
	return have->gc_controller == told->gc_controller && have->memstats == told->memstats &&
	       merge(&have->allgs, told->allgs, changed) &&
	       merge(&have->mbuckets, told->mbuckets, changed);
}

static void vote(struct cgm_places *p, size_t i, const struct cgm_go_place *place)
{
	struct entry *e = &p->v[i];

	if (agrees(&e->place, place, &p->changed)) {
		p->changed = p->changed || e->votes < VOTES_MAX;
		e->votes += e->votes < VOTES_MAX;
		move_to_front(p, i);
		return;
	}
	p->changed = true;
	if (--e->votes == 0) {
		e->place = *place;
		e->votes = 1;
	}
}

void cgm_places_put(struct cgm_places *p, const struct cgm_place_key *key,
		    const struct cgm_go_place *place, unsigned *left)
{
	size_t i = index_of(p, key);

	if (i < p->n) {
		vote(p, i, place);
		return;
	}
	if (!*left)
		return;
	--*left;
	if (p->n == ENTRIES_MAX)
		make_room(p);
	p->v[p->n] = (struct entry){.key = *key, .votes = 1, .place = *place};
	move_to_front(p, p->n++);
	p->changed = true;
}
