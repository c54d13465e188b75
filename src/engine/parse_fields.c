/* SPDX-License-Identifier: Apache-2.0 */
/* What both answers about containers have, and how a container is cleared. */
#include "engine/engine.h"
#include "engine/json.h"
#include "engine/parse.h"

#include "base/banned.h"

#define SHORT_ID 12

void cgm_container_clear(struct cgm_container *c)
{
	cgm_target_clear(&c->target);
	for (size_t i = 0; i < c->n_networks; i++)
		free(c->networks[i]);
	for (size_t i = 0; i < c->n_volumes; i++)
		free(c->volumes[i]);
	free(c->networks);
	free(c->volumes);
	free(c->status);
	free(c->image_id);
	free(c->path);
	*c = (struct cgm_container){0};
}

void cgm_containers_clear(struct cgm_containers *c)
{
	for (size_t i = 0; i < c->n; i++)
		cgm_container_clear(&c->v[i]);
	free(c->v);
	*c = (struct cgm_containers){0};
}

int cgm_engine_take_name(const json_t *v, struct cgm_target *t)
{
	if (cgm_json_take(v, &t->name) < 0)
		return -ENOMEM;
	if (t->name && t->name[0] == '/')
		memmove(t->name, t->name + 1, strlen(t->name));
	if (t->name && t->name[0])
		return 0;
	free(t->name);
	t->name = t->id ? strndup(t->id, SHORT_ID) : NULL;
	return t->id && !t->name ? -ENOMEM : 0;
}

static const struct {
	const char *key;
	size_t field;
} compose[] = {
	{"com.docker.compose.project", offsetof(struct cgm_target, project)},
	{"com.docker.compose.service", offsetof(struct cgm_target, service)},
	{"io.podman.compose.project", offsetof(struct cgm_target, project)},
	{"io.podman.compose.service", offsetof(struct cgm_target, service)},
};

static int take_compose(const json_t *labels, struct cgm_target *t)
{
	for (size_t i = 0; i < sizeof compose / sizeof *compose; i++) {
		char **field = (char **)(void *)((char *)t + compose[i].field);

		if (!*field && cgm_json_take(json_object_get(labels, compose[i].key), field) < 0)
			return -ENOMEM;
	}
	return 0;
}

int cgm_engine_take_labels(json_t *labels, struct cgm_target *t)
{
	const char *key;
	json_t *v;

	if (t->labels || !json_object_size(labels))
		return 0;
	t->labels = calloc(json_object_size(labels), sizeof *t->labels);
	if (!t->labels)
		return -ENOMEM;
	json_object_foreach(labels, key, v)
	{
		struct cgm_label *l = &t->labels[t->n_labels];

		if (!json_is_string(v))
			continue;
		t->n_labels++;
		l->key = strdup(key);
		if (!l->key || cgm_json_take(v, &l->value) < 0)
			return -ENOMEM;
	}
	return take_compose(labels, t);
}

int cgm_engine_take_networks(json_t *networks, struct cgm_container *c)
{
	const char *key;
	json_t *v;

	if (c->networks || !json_object_size(networks))
		return 0;
	c->networks = calloc(json_object_size(networks), sizeof *c->networks);
	if (!c->networks)
		return -ENOMEM;
	json_object_foreach(networks, key, v)
	{
		c->networks[c->n_networks] = strdup(key);
		if (!c->networks[c->n_networks])
			return -ENOMEM;
		c->n_networks++;
	}
	return 0;
}

int cgm_engine_take_mounts(const json_t *mounts, struct cgm_container *c)
{
	static const char *const keys[] = {"Name", "Destination"};
	const json_t *m;
	size_t i;

	if (c->volumes || !json_array_size(mounts))
		return 0;
	c->volumes = calloc(json_array_size(mounts) * 2, sizeof *c->volumes);
	if (!c->volumes)
		return -ENOMEM;
	json_array_foreach(mounts, i, m) for (size_t k = 0; k < 2; k++)
	{
		char **to = &c->volumes[c->n_volumes];

		if (cgm_json_take(json_object_get(m, keys[k]), to) < 0)
			return -ENOMEM;
		c->n_volumes += *to != NULL;
	}
	return 0;
}
