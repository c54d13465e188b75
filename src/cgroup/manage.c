/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/manage.h"

#include <fcntl.h>
#include <libcgroup.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/dl.h"
#include "base/path.h"

#include "base/banned.h"

#define OWN_TOP "/cgmem"

/* The functions of libcgroup that are used, with the types of its header. */
static struct {
	bool ready;
	__typeof__(&cgroup_set_logger) set_logger;
	__typeof__(&cgroup_init) init;
	__typeof__(&cgroup_strerror) strerror;
	__typeof__(&cgroup_get_last_errno) last_errno;
	__typeof__(&cgroup_get_subsys_mount_point) mount_point;
	__typeof__(&cgroup_new_cgroup) new_cgroup;
	__typeof__(&cgroup_free) free;
	__typeof__(&cgroup_add_controller) add_controller;
	__typeof__(&cgroup_add_value_uint64) add_value;
	__typeof__(&cgroup_create_cgroup) create;
	__typeof__(&cgroup_attach_task_pid) attach;
	__typeof__(&cgroup_delete_cgroup_ext) delete;
} lib;

static const struct cgm_dl_symbol symbols[] = {
	{"cgroup_set_logger", &lib.set_logger},
	{"cgroup_init", &lib.init},
	{"cgroup_strerror", &lib.strerror},
	{"cgroup_get_last_errno", &lib.last_errno},
	{"cgroup_get_subsys_mount_point", &lib.mount_point},
	{"cgroup_new_cgroup", &lib.new_cgroup},
	{"cgroup_free", &lib.free},
	{"cgroup_add_controller", &lib.add_controller},
	{"cgroup_add_value_uint64", &lib.add_value},
	{"cgroup_create_cgroup", &lib.create},
	{"cgroup_attach_task_pid", &lib.attach},
	{"cgroup_delete_cgroup_ext", &lib.delete},
};

static void keep_quiet(void *userdata, int level, const char *fmt, va_list ap)
{
	(void)userdata;
	(void)level;
	(void)fmt;
	(void)ap;
}

/* The errno of an answer of libcgroup; right after the call, before anything changes it. */
static int errno_of(int code)
{
	static const struct {
		int code, error;
	} known[] = {
		{ECGROUPNOTMOUNTED, ENODEV}, {ECGROUPSUBSYSNOTMOUNTED, ENODEV},
		{ECGROUPNOTEXIST, ENOENT},   {ECGROUPNOTOWNER, EPERM},
		{ECGROUPNOTALLOWED, EPERM},  {ECGINVAL, EINVAL},
		{ECGNONEMPTY, EBUSY},
	};

	if (code == ECGOTHER)
		return lib.last_errno() > 0 ? lib.last_errno() : EIO;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].code == code)
			return known[i].error;
	return EIO;
}

static int failed(struct cgm_err *err, int code, const char *what, const char *path)
{
	int e = errno_of(code);

	return cgm_err_set(err, e == EACCES ? EPERM : e, "cannot %s %.120s: %s", what, path,
			   code == ECGOTHER ? strerror(e) : lib.strerror(code));
}

static int load(struct cgm_err *err)
{
	static const char *const sonames[] = {"libcgroup.so.3", "libcgroup.so.2", "libcgroup.so.1",
					      NULL};
	const char *missing;
	int r = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, &missing);

	if (r == -ENOENT)
		return cgm_err_set(err, ENOPKG, "libcgroup is not installed (Debian: libcgroup2)");
	if (r < 0)
		return cgm_err_set(err, ENOPKG, "this libcgroup has no %s()", missing);
	return 0;
}

int cgm_manage_init(struct cgm_err *err)
{
	int r;

	if (lib.ready)
		return 0;
	r = load(err);
	if (r < 0)
		return r;
	/* first: the default logger writes to stdout */
	lib.set_logger(keep_quiet, CGROUP_LOG_ERROR, NULL);
	r = lib.init();
	if (r)
		return cgm_err_set(err, errno_of(r), "libcgroup: %s", lib.strerror(r));
	lib.ready = true;
	return 0;
}

int cgm_manage_memory_mount(char **ret, struct cgm_err *err)
{
	char *mount = NULL;
	int r = cgm_manage_init(err);

	if (r < 0)
		return r;
	r = lib.mount_point("memory", &mount);
	if (r)
		return failed(err, r, "find the mount of", "the memory controller");
	*ret = mount;
	return 0;
}

static const char *const controllers[] = {"memory", "pids"};

#define N_CONTROLLERS (sizeof controllers / sizeof controllers[0])

/* "/cgmem/NAME": what may be made and removed here. */
static bool is_ours(const char *path)
{
	return strncmp(path, OWN_TOP "/", sizeof OWN_TOP) == 0 && path[sizeof OWN_TOP] != '\0' &&
	       !strstr(path, "/..");
}

static int check_path(const char *path, struct cgm_err *err)
{
	if (is_ours(path))
		return 0;
	return cgm_err_set(err, EINVAL, "%.120s: groups are made below " OWN_TOP " only", path);
}

/* "/sys/fs/cgroup/memory" + @path, where libcgroup sees @controller. NULL: it is not mounted. */
static char *directory(const char *controller, const char *path)
{
	CGM_AUTO_FREE char *mount = NULL;

	if (lib.mount_point(controller, &mount) != 0)
		return NULL;
	return cgm_path_join(mount, path);
}

/* The group as libcgroup has it, with its controllers; the kernel knows nothing of it yet. */
static struct cgroup *describe(const char *path, struct cgroup_controller **ret_memory)
{
	struct cgroup *group = lib.new_cgroup(path + 1);

	for (size_t i = 0; group && i < N_CONTROLLERS; i++) {
		CGM_AUTO_FREE char *dir = directory(controllers[i], path);
		struct cgroup_controller *c;

		if (!dir && i > 0)
			continue; /* only memory is needed */
		c = lib.add_controller(group, controllers[i]);
		if (i == 0)
			*ret_memory = c;
		if (!c)
			lib.free(&group); /* sets it to NULL */
	}
	return group;
}

static bool is_v2(void)
{
	CGM_AUTO_FREE char *list = directory("memory", "cgroup.controllers");

	return list && access(list, F_OK) == 0;
}

static int write_word(const char *path, const char *word)
{
	CGM_AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) < 0)
		return -errno;
	return 0;
}

/*
 * On v2 a group has the controllers that its parent's cgroup.subtree_control names. libcgroup 2.0
 * writes that file in every parent but the hierarchy's root.
 */
static int enable_below_root(struct cgm_err *err)
{
	CGM_AUTO_FREE char *control = directory("memory", "cgroup.subtree_control");
	int r;

	if (!control)
		return cgm_err_set(err, ENODEV, "libcgroup sees no memory controller");
	(void)write_word(control, "+pids"); /* only memory is needed */
	r = write_word(control, "+memory");
	if (r < 0)
		return cgm_err_set(err, r == -EACCES ? EPERM : -r,
				   "cannot enable the memory controller in %.120s: %s", control,
				   strerror(-r));
	return 0;
}

/* Parents are left behind by libcgroup; rmdir(2) leaves those alone that are in use. */
static void remove_parents(const char *path)
{
	for (size_t n = cgm_path_parent_len(path); n > 1;) {
		CGM_AUTO_FREE char *parent = strndup(path, n);

		for (size_t i = 0; parent && i < N_CONTROLLERS; i++) {
			CGM_AUTO_FREE char *dir = directory(controllers[i], parent);

			if (dir)
				(void)rmdir(dir);
		}
		n = parent ? cgm_path_parent_len(parent) : 0;
	}
}

static bool exists(const char *path)
{
	for (size_t i = 0; i < N_CONTROLLERS; i++) {
		CGM_AUTO_FREE char *dir = directory(controllers[i], path);

		if (dir && access(dir, F_OK) == 0)
			return true;
	}
	return false;
}

int cgm_manage_create(const char *path, uint64_t limit_bytes, struct cgm_err *err)
{
	struct cgroup_controller *memory = NULL;
	struct cgroup *group;
	bool v2;
	int r = check_path(path, err);

	if (r == 0)
		r = cgm_manage_init(err);
	if (r < 0)
		return r;
	if (access("/run/systemd/system", F_OK) == 0) /* sd_booted(3) */
		return cgm_err_set(err, EPERM, "systemd manages the groups of this machine");
	if (exists(path))
		return cgm_err_set(err, EEXIST, "the group %.120s exists already", path);
	v2 = is_v2();
	r = v2 ? enable_below_root(err) : 0;
	if (r < 0)
		return r;
	group = describe(path, &memory);
	if (!group)
		return cgm_err_set(err, ENOMEM, "libcgroup cannot describe the group %.120s", path);
	if (limit_bytes)
		r = lib.add_value(memory, v2 ? "memory.max" : "memory.limit_in_bytes", limit_bytes);
	if (r == 0)
		r = lib.create(group, 1);
	if (r) {
		r = failed(err, r, "make the group", path);
		(void)cgm_manage_remove(path, NULL); /* what was made of it */
	}
	lib.free(&group);
	return r;
}

int cgm_manage_attach(const char *path, pid_t pid, struct cgm_err *err)
{
	struct cgroup_controller *memory = NULL;
	struct cgroup *group;
	int r = check_path(path, err);

	if (r == 0)
		r = cgm_manage_init(err);
	if (r < 0)
		return r;
	group = describe(path, &memory);
	if (!group)
		return cgm_err_set(err, ENOMEM, "libcgroup cannot describe the group %.120s", path);
	r = lib.attach(group, pid);
	if (r)
		r = failed(err, r, "move a process into the group", path);
	lib.free(&group);
	return r;
}

int cgm_manage_remove(const char *path, struct cgm_err *err)
{
	struct cgroup_controller *memory = NULL;
	struct cgroup *group;
	int r = check_path(path, err);

	if (r == 0)
		r = cgm_manage_init(err);
	if (r < 0)
		return r;
	group = describe(path, &memory);
	if (!group)
		return cgm_err_set(err, ENOMEM, "libcgroup cannot describe the group %.120s", path);
	r = lib.delete(group, CGFLAG_DELETE_EMPTY_ONLY);
	if (r)
		r = failed(err, r, "remove the group", path);
	else if (exists(path)) /* libcgroup 2.0 calls that a success */
		r = cgm_err_set(err, EBUSY,
				"cannot remove the group %.120s: processes are left in it", path);
	else
		remove_parents(path);
	lib.free(&group);
	return r;
}
