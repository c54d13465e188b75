/* SPDX-License-Identifier: Apache-2.0 */
/* Where an engine is, and what is told when it is not there. */
#include <sys/stat.h>

#include "engine_case.h"

static void put(const struct fixture *f, const char *dir, const char *name, const char *text)
{
	char path[300];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", f->dir, dir);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof path, "%s/%s/%s", f->dir, dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static void test_refusals(void **state)
{
	static const int statuses[][2] = {
		{401, -EACCES}, {403, -EACCES}, {404, -ENOENT}, {500, -EIO},
		{503, -EAGAIN}, {302, -EPROTO}, {400, -EPROTO},
	};
	struct fixture *f = *state;
	struct cgm_engine *e = open_engine(f);

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		struct cgm_containers l = {.n = 7};
		struct cgm_err err = {0};

		f->engine.list_status = statuses[i][0];
		assert_int_equal(cgm_engine_list(e, false, &l, &err), statuses[i][1]);
		assert_int_equal(err.code, -statuses[i][1]);
		assert_non_null(strstr(err.msg, "no \\x1b[31mway"));
		assert_int_equal(l.n, 7);
	}
	cgm_engine_free(e);
}

static void test_saved(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	struct cgm_containers l = {0};
	struct cgm_root *root = NULL;
	char list[500];

	(void)snprintf(list, sizeof list, "[%s,%s]", running, exited);
	put(f, "docker", "containers.json", list);
	put(f, "docker", "info.json", "{\"CgroupDriver\":\"cgroupfs\"}");
	put(f, "docker", "inspect-" A ".json", inspect);
	assert_int_equal(cgm_root_open(f->dir, &root, NULL), 0);
	/* nobody is asked */
	assert_int_equal(open_at(root, "tcp://127.0.0.1:1", &e, NULL), 0);
	assert_string_equal(cgm_engine_name(e), "docker");
	assert_string_equal(cgm_engine_cgroup_driver(e), "cgroupfs");
	assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(cgm_engine_inspect(e, &l.v[0], NULL), 0);
	assert_int_equal(l.v[0].target.pid, 4711);
	cgm_containers_clear(&l);
	assert_int_equal(cgm_engine_list(e, true, &l, NULL), 0);
	assert_int_equal(l.n, 2);
	assert_int_equal(cgm_engine_inspect(e, &l.v[1], NULL), -ENOENT);
	cgm_containers_clear(&l);
	cgm_engine_free(e);
	put(f, "docker", "version", "{\"Components\":[{\"Name\":\"Podman Engine\"}]}");
	assert_int_equal(open_at(root, NULL, &e, NULL), 0);
	assert_string_equal(cgm_engine_name(e), "podman");
	cgm_engine_free(e);
	cgm_root_free(root);
}

/* A host that is mounted somewhere: its sockets are looked for beneath. */
static void test_mounted_root(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	struct cgm_root *root = NULL;
	char from[120], to[140];
	struct cgm_err err = {0};

	assert_int_equal(cgm_root_open(f->dir, &root, NULL), 0);
	assert_int_equal(open_at(root, "unix:///none.sock", &e, &err), -ENOENT);
	assert_non_null(strstr(err.msg, f->dir));
	(void)snprintf(to, sizeof to, "%s/run", f->dir);
	assert_int_equal(mkdir(to, 0755), 0);
	(void)snprintf(to, sizeof to, "%s/var", f->dir);
	assert_int_equal(mkdir(to, 0755), 0);
	(void)snprintf(to, sizeof to, "%s/var/run", f->dir);
	assert_int_equal(symlink("/run", to), 0);
	(void)snprintf(from, sizeof from, "%s", f->server.path);
	(void)snprintf(to, sizeof to, "%s/run/docker.sock", f->dir);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(open_at(root, NULL, &e, &err), 0);
	cgm_engine_free(e);
	assert_int_equal(open_at(root, "unix:///var/run/docker.sock", &e, &err), 0);
	cgm_engine_free(e);
	/* named, and not there: as it is */
	(void)snprintf(from, sizeof from, "unix://%.80s/run/docker.sock", f->dir);
	assert_int_equal(open_at(root, from, &e, &err), 0);
	cgm_engine_free(e);
	cgm_root_free(root);
}

/* A path that does not fit into a socket's address. */
static void test_long_path(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	char dir[200], path[300];

	(void)snprintf(dir, sizeof dir, "%s/%0120d", f->dir, 0);
	assert_int_equal(mkdir(dir, 0755), 0);
	(void)snprintf(path, sizeof path, "unix://%s/s", dir);
	assert_int_equal(open_at(f->root, path, &e, NULL), -ENOENT);
	assert_int_equal(rename(f->server.path, path + 7), 0);
	assert_int_equal(open_at(f->root, path, &e, NULL), 0);
	cgm_engine_free(e);
}

/* Stands in for ssh: notes its arguments, and is the far engine itself. */
static const char ssh[] =
	"#!/bin/sh\necho \"$@\" >\"$0.args\"; cr=$(printf '\\r')\n"
	"while read -r method path rest; do\n"
	"	while read -r line && [ \"$line\" != \"$cr\" ]; do :; done\n"
	"	case $path in */containers/json*) b='[]' ;; *) b=OK ;; esac\n"
	"	printf 'HTTP/1.1 200 OK\\r\\nApi-Version: 1.41\\r\\nServer: Docker/1\\r\\n'\n"
	"	printf 'Content-Length: %d\\r\\n\\r\\n%s' ${#b} \"$b\"\n"
	"done\n";

static void test_ssh(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = NULL;
	struct cgm_containers l = {.n = 7};
	struct cgm_err err = {0};
	char path[300], line[200] = "", *old = strdup(getenv("PATH"));
	FILE *args;

	put(f, "bin", "ssh", ssh);
	(void)snprintf(path, sizeof path, "%s/bin:/usr/bin:/bin", f->dir);
	assert_int_equal(setenv("PATH", path, 1), 0);
	if (open_at(f->root, "ssh://me@far:2222", &e, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(cgm_engine_list(e, true, &l, NULL), 0);
	assert_int_equal(l.n, 0);
	cgm_engine_free(e);
	(void)snprintf(path, sizeof path, "%s/bin/ssh.args", f->dir);
	args = fopen(path, "r");
	assert_non_null(args);
	assert_non_null(fgets(line, sizeof line, args));
	assert_string_equal(line, "-T -o ConnectTimeout=20 -p 2222 -- me@far docker system "
				  "dial-stdio\n");
	(void)fclose(args);
	put(f, "bin", "ssh", "#!/bin/sh\necho 'Permission denied (publickey).' >&2\nexit 255\n");
	assert_int_equal(open_at(f->root, "ssh://far", &e, &err), -ECONNREFUSED);
	assert_non_null(strstr(err.msg, "ssh: Permission denied (publickey)."));
	(void)setenv("PATH", old, 1);
	free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_saved, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mounted_root, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_path, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ssh, setup, teardown),
	};

	(void)unsetenv("DOCKER_HOST");
	(void)unsetenv("DOCKER_CONTEXT");
	(void)unsetenv("XDG_RUNTIME_DIR");
	(void)setenv("DOCKER_CONFIG", "/nonexistent", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
