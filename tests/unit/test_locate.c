/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/locate.h"

#define A	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define C	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define UID	    "1d2c3b4a-0000-1111-2222-333344445555"
#define UID_SYSTEMD "1d2c3b4a_0000_1111_2222_333344445555"

struct found {
	const char *path; /* the container's group */
	const char *rest; /* what follows it */
	const char *id, *engine, *pod;
};

static const struct found found[] = {
	{"/docker/" A, "", A, "docker", ""},
	{"/docker/" A, "/init.scope", A, "docker", ""},
	{"/docker/" A, "/docker/" C, A, "docker", ""}, /* docker in docker */
	{"/docker/" A, "/kubelet/kubepods/burstable/pod" UID "/" C, A, "docker", ""}, /* kind */
	{"/system.slice/docker-" A ".scope", "", A, "docker", ""},
	{"/a.slice/a-b.slice/docker-" A ".scope", "/x/y", A, "docker", ""},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" A ".scope", "", A,
	 "docker", ""},
	{"/custom/" A, "", A, "docker", ""}, /* --cgroup-parent */
	{"/custom/" A, "/docker/" C, A, "docker", ""},
	{"/" A, "", A, "docker", ""},
	{"/machine.slice/libpod-" A ".scope", "", A, "podman", ""},
	{"/machine.slice/libpod-" A ".scope", "/container", A, "podman", ""},
	{"/machine.slice/libpod-" A ".scope", "/libpod-payload-" A, A, "podman", ""},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" A ".scope", "", A,
	 "podman", ""},
	{"/libpod_parent/libpod-" A, "", A, "podman", ""},
	{"/system.slice/web.service/libpod-payload-" A, "", A, "podman", ""},
	{"/system.slice/nerdctl-" A ".scope", "", A, "nerdctl", ""},
	{"/default/" A, "", A, "nerdctl", ""},
	{"/k8s.io/" A, "/sub", A, "containerd", ""},
	{"/kubepods/burstable/pod" UID "/" A, "", A, "containerd", UID},
	{"/kubepods/pod" UID "/" A, "/child", A, "containerd", UID},
	{"/kubepods/besteffort/pod" UID "/crio-" A, "", A, "cri-o", UID},
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_SYSTEMD
	 ".slice/cri-containerd-" A ".scope",
	 "", A, "containerd", UID},
	{"/kubepods.slice/kubepods-pod" UID_SYSTEMD ".slice/crio-" A ".scope", "/container", A,
	 "cri-o", UID},
	{"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
	 "kubelet-kubepods-besteffort-pod" UID_SYSTEMD ".slice/cri-containerd-" A ".scope",
	 "", A, "containerd", UID},
	/* a static pod's uid is a hash */
	{"/kubepods/burstable/podabcdef0123456789abcdef0123456789/" A, "", A, "containerd",
	 "abcdef0123456789abcdef0123456789"},
	{"/lxc.payload.web", "/system.slice", "web", "lxc", ""},
	{"/lxc.payload/web", "", "web", "lxc", ""},
	{"/lxc/web", "/init.scope", "web", "lxc", ""},
	{"/lxc.payload.web", "/docker/" A, "web", "lxc", ""},
};

static void test_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
		const struct found *f = &found[i];
		struct cgm_located l = {.path_len = 0};
		char path[512];

		(void)snprintf(path, sizeof path, "%s%s", f->path, f->rest);
		if (!cgm_locate_path(path, &l))
			fail_msg("%s: not found", path);
		assert_string_equal(l.id, f->id);
		assert_string_equal(l.engine, f->engine);
		assert_string_equal(l.pod, f->pod);
		assert_int_equal(l.path_len, strlen(f->path));
		assert_int_equal(cgm_locate_is_container(path, &l), !*f->rest);
		assert_true(cgm_locate_is_container(f->path, &l));
		assert_string_equal(l.id, f->id);
	}
}

static const char *const none[] = {
	"",
	"/",
	"docker/" A,
	"/docker",
	"/docker/buildkit",
	"/docker/" A "0",
	"/docker/0123456789ab",
	"/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	"/system.slice/docker-0123456789ab.scope",
	"/system.slice/docker-" A,
	"/system.slice/docker-" A ".service",
	"/system.slice/docker.service",
	"/system.slice/docker-.scope",
	"/machine.slice/libpod-conmon-" A ".scope",
	"/kubepods/burstable/pod" UID "/crio-conmon-" A,
	"/kubepods.slice/crio-conmon-" A ".scope",
	"/kubepods/burstable/pod" UID,
	"/kubepods.slice/kubepods-pod" UID_SYSTEMD ".slice",
	"/custom/" A "/sub", /* by its last part only */
	"/lxc.payload.",
	"/lxc.monitor.web",
	"/lxc",
	"/user.slice/user-1000.slice/session-2.scope",
};

static void test_none(void **state)
{
	struct cgm_located l = {.id = "kept"};

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		if (cgm_locate_path(none[i], &l))
			fail_msg("%s: found %s", none[i], l.id);
		assert_false(cgm_locate_is_container(none[i], &l));
	}
	assert_string_equal(l.id, "kept");
}

static void test_long(void **state)
{
	char path[300] = "/lxc.payload.", *end = path + strlen(path);
	struct cgm_located l;

	(void)state;
	memset(end, 'n', 200);
	assert_true(cgm_locate_path(path, &l));
	assert_int_equal(strlen(l.id), 64);
	assert_int_equal(l.path_len, strlen(path));
	/* 47 characters are a pod's uid, 48 are none: then it is no known parent either */
	(void)snprintf(path, sizeof path, "/kubepods/pod%047d/%s", 0, A);
	assert_true(cgm_locate_path(path, &l));
	assert_int_equal(strlen(l.pod), 47);
	(void)snprintf(path, sizeof path, "/kubepods/pod%048d/%s/x", 0, A);
	assert_false(cgm_locate_path(path, &l));
	/* neither is a uid with other characters */
	(void)snprintf(path, sizeof path, "/kubepods/podfeed\033/%s", A);
	assert_true(cgm_locate_path(path, &l));
	assert_string_equal(l.pod, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
