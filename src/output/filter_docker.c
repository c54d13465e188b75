/* SPDX-License-Identifier: Apache-2.0 */
#include "output/filter_docker.h"

#include <string.h>
#include <strings.h>

#include "output/cells.h"
#include "base/banned.h"

#define PATTERN_MAX 256 /* of a name; docker's names are at most 253 */

/* docker's words (moby daemon/container state.go), and the one for a row that went away. */
static const char *const statuses[] = {"created", "restarting", "running", "removing",
				       "paused",  "exited",	"dead",	   "gone"};
#define N_STATUSES (sizeof statuses / sizeof statuses[0])

static bool match_id(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	const char *id = s->row->target ? s->row->target->id : NULL;

	return id && strncasecmp(id, f->value, strlen(f->value)) == 0;
}

static bool match_name(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	const char *name = s->row->target ? s->row->target->name : NULL;

	return name && regexec(&f->regex, name, 0, NULL, 0) == 0;
}

/* "key" or "key=value". */
static bool match_label(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	const struct cgm_target *t = s->row->target;
	size_t len = strcspn(f->value, "=");
	const char *value = f->value[len] ? f->value + len + 1 : NULL;

	for (size_t i = 0; t && i < t->n_labels; i++)
		if (strlen(t->labels[i].key) == len &&
		    strncmp(t->labels[i].key, f->value, len) == 0)
			return !value || strcmp(t->labels[i].value, value) == 0;
	return false;
}

static bool image_is(const char *image, const char *asked)
{
	size_t n = strlen(asked);
	const char *tag = strrchr(asked, '/');

	if (strcmp(image, asked) == 0)
		return true;
	tag = strchr(tag ? tag : asked, ':');
	/* docker reads a name without a tag as its "latest", on either side */
	if (!tag)
		return strncmp(image, asked, n) == 0 && strcmp(image + n, ":latest") == 0;
	n = (size_t)(tag - asked);
	return strcmp(tag, ":latest") == 0 && strlen(image) == n && strncmp(image, asked, n) == 0;
}

static const char *bare_digest(const char *s)
{
	return strncmp(s, "sha256:", 7) == 0 ? s + 7 : s;
}

static bool match_ancestor(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	const char *image = s->row->target ? s->row->target->image : NULL;
	const char *id = bare_digest(f->value);

	if (image && image_is(image, f->value))
		return true;
	return s->image_id && *id && strncmp(bare_digest(s->image_id), id, strlen(id)) == 0;
}

static bool match_status(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	struct cgm_cell c;

	cgm_cell_get(cgm_column_find("STATE", NULL), s->row, &c);
	return c.known && strcmp(c.text, f->value) == 0;
}

static bool in_list(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static bool match_network(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	return in_list(f->value, s->networks, s->n_networks);
}

static bool match_volume(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s)
{
	return in_list(f->value, s->volumes, s->n_volumes);
}

/* docker matches a name as a regular expression, with or without its leading slash. */
static int check_name(struct cgm_docker_filter *f, struct cgm_err *err)
{
	char *anchored = strncmp(f->value, "^/", 2) == 0 ? f->value + 1 : f->value;
	char text[128];
	int r;

	if (anchored[0] == '/') { /* "^/web" -> "^web", "/web" -> "^web" */
		anchored[0] = '^';
		memmove(f->value, anchored, strlen(anchored) + 1);
	}
	if (strlen(f->value) > PATTERN_MAX)
		return cgm_err_set(err, EINVAL, "a name pattern of more than %d characters",
				   PATTERN_MAX);
	/* regcomp() expands a counted repetition to gigabytes, and follows nesting on its stack */
	if (strpbrk(f->value, "{\\"))
		return cgm_err_set(err, EINVAL, "name=%.60s: { and \\ are not for name patterns",
				   f->value);
	r = regcomp(&f->regex, f->value, REG_EXTENDED | REG_NOSUB);
	if (r != 0) {
		(void)regerror(r, &f->regex, text, sizeof text);
		return cgm_err_set(err, EINVAL, "name=%.60s: %s", f->value, text);
	}
	f->has_regex = true;
	return 0;
}

static int check_status(struct cgm_docker_filter *f, struct cgm_err *err)
{
	if (in_list(f->value, statuses, N_STATUSES))
		return 0;
	return cgm_err_set(err, EINVAL,
			   "status=%.40s: there are created, restarting, running, removing, "
			   "paused, exited, dead",
			   f->value);
}

const struct cgm_docker_key cgm_docker_keys[CGM_DOCKER_KEYS] = {
	{"id", false, match_id, NULL},
	{"name", false, match_name, check_name},
	{"label", true, match_label, NULL},
	{"ancestor", false, match_ancestor, NULL},
	{"status", false, match_status, check_status},
	{"network", false, match_network, NULL},
	{"volume", false, match_volume, NULL},
};

const struct cgm_docker_key *cgm_docker_key_find(const char *key)
{
	for (size_t i = 0; i < CGM_DOCKER_KEYS; i++)
		if (strcmp(cgm_docker_keys[i].name, key) == 0)
			return &cgm_docker_keys[i];
	return NULL;
}
