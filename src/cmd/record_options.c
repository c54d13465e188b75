/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "cmd/record.h"

#include "base/banned.h"

#define EVERY_MIN_MS 1000
#define EVERY_MAX_MS 3600000
#define SPAN_MAX_S   (UINT64_C(1000) * 366 * 86400) /* a thousand years */
#define SIZE_MIN     (UINT64_C(1) << 20)

static const struct {
	const char *name;
	size_t offset;
	bool size;
} keeps[] = {
	{"raw", offsetof(struct cgm_history_keep, raw_s), false},
	{"minutes", offsetof(struct cgm_history_keep, minutes_s), false},
	{"hours", offsetof(struct cgm_history_keep, hours_s), false},
	{"size", offsetof(struct cgm_history_keep, max_bytes), true},
};

static int bad_keep(const char *part, size_t len, struct cgm_err *err)
{
	return cgm_err_set(err, EINVAL,
			   "%.*s: not raw=, minutes= or hours= with a time span, or "
			   "size= with at least 1M",
			   (int)(len < 60 ? len : 60), part);
}

static int parse_part(const char *part, size_t len, struct cgm_history_keep *ret,
		      struct cgm_err *err)
{
	const char *equals = memchr(part, '=', len);
	CGM_AUTO_FREE char *value = NULL;
	uint64_t v;

	if (!equals)
		return bad_keep(part, len, err);
	value = strndup(equals + 1, len - (size_t)(equals + 1 - part));
	if (!value)
		return cgm_err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++) {
		char *field = (char *)ret + keeps[i].offset;
		int r;

		if (strlen(keeps[i].name) != (size_t)(equals - part) ||
		    memcmp(keeps[i].name, part, (size_t)(equals - part)) != 0)
			continue;
		r = keeps[i].size ? cgm_parse_size(value, &v) : cgm_parse_duration(value, &v);
		if (!keeps[i].size)
			v = r == 0 ? v / 1000 : 0;
		if (r < 0 || v < (keeps[i].size ? SIZE_MIN : 1) ||
		    (!keeps[i].size && v > SPAN_MAX_S))
			return bad_keep(part, len, err);
		memcpy(field, &v, sizeof v);
		return 0;
	}
	return bad_keep(part, len, err);
}

int cgm_record_parse_keep(const char *text, struct cgm_history_keep *ret, struct cgm_err *err)
{
	struct cgm_history_keep keep = *ret;
	const char *p = text;
	int r = 0;

	for (bool more = true; r == 0 && more;) {
		const size_t len = strcspn(p, ",");

		r = parse_part(p, len, &keep, err);
		more = p[len] == ',';
		p += len + more;
	}
	if (r == 0)
		*ret = keep;
	return r;
}

static int set_every(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_record_opts *o = opts;
	uint64_t ms;

	if (cgm_parse_duration(arg, &ms) < 0 || ms < EVERY_MIN_MS || ms > EVERY_MAX_MS)
		return cgm_err_set(err, EINVAL, "%.60s: not a time span of 1s to 1h", arg);
	o->every_ms = ms;
	return 0;
}

static int set_keep(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_record_opts *o = opts;

	return cgm_record_parse_keep(arg, &o->keep, err);
}

static int set_file(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_record_opts *o = opts;

	(void)err;
	o->file = arg;
	return 0;
}

static int set_units(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_record_opts *o = opts;

	(void)arg;
	(void)err;
	o->units = true;
	return 0;
}

const struct cgm_option cgm_record_options[] = {
	{"every", 'e', CGM_ARG_DURATION, "SPAN", NULL, "between two rounds (10s; 1s to 1h)",
	 set_every},
	{"units", 'u', CGM_ARG_NONE, NULL, NULL,
	 "services and scopes too; without systemd every leaf group", set_units},
	{"keep", 'k', CGM_ARG_TEXT, "LIST", NULL,
	 "how long: raw=24h,minutes=14d,hours=366d,size=1G", set_keep},
	{"file", 0, CGM_ARG_FILE, "PATH", NULL, "the history file", set_file},
	{0},
};
