/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the memory of a control group is, by libcgmem alone.
 *
 *	cc example.c $(pkg-config --cflags --libs libcgmem) -o example
 *	./example [PATH]	PATH as in /proc/PID/cgroup; without it: the group of this process
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cgmem/cgmem.h>

static const char *const components[] = {
	"anon",	  "anon_unmapped",	     "cache", "cache.inactive", "cache.active", "tmpfs",
	"kernel", "kernel.slab_reclaimable", "sock",  "hugetlb",
};

/* The path in a line "4:memory:/docker/ID" (v1) or "0::/path" (v2); NULL: another controller's. */
static const char *path_in(char *line, int version)
{
	char *controllers = strchr(line, ':'), *path, *word;

	line[strcspn(line, "\n")] = '\0';
	if (!controllers)
		return NULL;
	*controllers++ = '\0';
	path = strchr(controllers, ':');
	if (!path)
		return NULL;
	*path++ = '\0';
	if (version == 2)
		return strcmp(line, "0") == 0 ? path : NULL;
	for (word = controllers; (word = strstr(word, "memory")) != NULL;
	     word += strlen("memory")) {
		char after = word[strlen("memory")];

		if ((word == controllers || word[-1] == ',') && (after == '\0' || after == ','))
			return path;
	}
	return NULL;
}

static const char *own_path(int version)
{
	static char line[4200];
	FILE *f = fopen("/proc/self/cgroup", "r");
	const char *path = NULL;

	while (f && !path && fgets(line, sizeof line, f))
		path = path_in(line, version);
	if (f)
		fclose(f);
	return path;
}

static void print_sample(const struct cgmem_sample *s)
{
	uint64_t bytes;

	if (cgmem_value(s, "charged", &bytes) == 0)
		printf("%-26s%15" PRIu64 "\n", "charged", bytes);
	printf("%-26s%15" PRIu64 "\n", "docker stats shows", cgmem_docker_bytes(s));
	for (size_t i = 0; i < sizeof components / sizeof components[0]; i++)
		if (cgmem_component(s, components[i], &bytes) == 0)
			printf("  %-24s%15" PRIu64 "\n", components[i], bytes);
	printf("  %-24s%15" PRId64 "\n", "unattributed", cgmem_unattributed(s));
	for (size_t i = 0; i < cgmem_findings(s); i++)
		printf("%s (%s): %s\n", cgmem_finding_id(s, i), cgmem_finding_severity(s, i),
		       cgmem_finding_summary(s, i));
}

int main(int argc, char **argv)
{
	struct cgmem_sample *s;
	struct cgmem *m;
	const char *path;
	int r = cgmem_open(getenv("CGMEM_ROOT"), &m);

	if (r < 0) {
		fprintf(stderr, "example: no memory controller: %s\n", strerror(-r));
		return 1;
	}
	path = argc > 1 ? argv[1] : own_path(cgmem_version(m));
	r = path ? cgmem_sample(m, path, &s) : 1;
	if (r == 0) {
		print_sample(s);
		cgmem_sample_free(s);
	} else {
		fprintf(stderr, "example: %s\n", path ? cgmem_strerror(m) : "no group of its own");
	}
	cgmem_close(m);
	return r == 0 ? 0 : 1;
}
